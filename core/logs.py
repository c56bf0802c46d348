"""Log lines without phone numbers, mailboxes and ID numbers, wherever in a message or traceback they stand."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")  # the id of the request that a line belongs to

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


class JsonFormatter(Formatter):
    """One JSON object a line, for a collector: at, level, logger, message, request, and the facts of `extra`.

    facts: {"facts": {...}} of numbers and our own words, such as `core.request_log` gives; never what people typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Hidden as any other line; a traceback is part of the message."""
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": super().format(record),
            "request": REQUEST.get(),
        }
        return hide(json.dumps(said | getattr(record, "facts", {}), ensure_ascii=False))


def configuration(form: str, *, requests: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to standard output, where the process manager or container keeps it.

    form: `line`, for people's eyes, or `json`. requests: whether each request leaves a line.
    """
    console = {"handlers": ["console"], "level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": Formatter, "format": "{asctime} {levelname} {name} {message}", "style": "{"},
            "json": {"()": JsonFormatter},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": console,
        "loggers": {
            "django": console | {"propagate": False},
            "core": {"level": "INFO"},
            "core.requests": {"level": "INFO" if requests else "ERROR"},
        },
    }
