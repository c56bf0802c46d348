"""Commands of sealed data."""
