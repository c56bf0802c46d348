"""Log lines without phone numbers, mailboxes and ID numbers, wherever in a message or traceback they stand."""

import logging
import re

# A handset of the mainland, Hong Kong or Macau as people write it; an ID card's number; a mailbox.
_PHONE = re.compile(
    r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?![\d.])|(?<!\d)\+85[23][- ]?\d{8}(?!\d)"
)
_ID = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)")
_MAILBOX = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


def hide(text: str) -> str:
    """`13800138000` → `138****8000`, `zhang@example.com` → `***@example.com`."""
    text = _PHONE.sub(lambda found: f"{found[1]}****{found[2]}" if found[1] else "+85*****", _ID.sub("***", text))
    return _MAILBOX.sub(r"***@\1", text)


class Formatter(logging.Formatter):
    """A line, its traceback included, with what is personal hidden."""

    def format(self, record: logging.LogRecord) -> str:
        """As usual, then hidden."""
        return hide(super().format(record))
