"""Award lists, publicity, objections and certificates (奖项与证书); nothing here yet, see docs/architecture.md."""
