"""Award lists with their publicity, objections and entitlements; how certificates are worded, signed and printed."""
