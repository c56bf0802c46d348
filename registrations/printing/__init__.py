"""The 推荐申报表 (附件2) on paper: the same content as PDF and as Word, each page marked with version and QR code."""
