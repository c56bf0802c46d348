"""The demo's mailbox: a folder of .eml files in `settings.EMAIL_FILE_PATH`."""

import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

SMS_HEADER = "X-Sms-To"
NAME = re.compile(r"\d{20}-[0-9a-f]{8}")
LINK = re.compile(r"(https?://[!-~]+)")
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
SHOWN = 200
HEAD = 8192  # bytes; no head of ours is longer


@dataclass(frozen=True)
class Mail:
    """One message of the folder."""

    key: str  # the file's name without its ending
    to: str
    subject: str
    date: datetime | None
    text: str
    html: str
    sms: bool

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text cut into (piece, whether it is a link), for a page where links can be clicked."""
        return [(piece, number % 2 == 1) for number, piece in enumerate(LINK.split(self.text.strip()))]


def store(raw: bytes) -> None:
    """Write one message; complete or not at all, so that a reader never sees half a file."""
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    half = folder / f".{name}"
    half.write_bytes(raw)
    half.rename(folder / f"{name}.eml")


def latest() -> list[Mail]:
    """The newest messages, newest first."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml"), reverse=True)[:SHOWN]
    return [_read(path) for path in files]


def fetch(key: str) -> Mail:
    """One message. Raises FileNotFoundError."""
    if not NAME.fullmatch(key):
        raise FileNotFoundError(key)
    return _read(Path(settings.EMAIL_FILE_PATH) / f"{key}.eml")


def arrivals() -> Counter[str]:
    """How often each e-mail arrived, by Message-ID."""
    folder = Path(settings.EMAIL_FILE_PATH)
    heads = (HEAD_ENDS.split(_head(path), maxsplit=1)[0] for path in folder.glob("*.eml"))
    return Counter(found[1].decode() for head in heads if (found := MESSAGE_ID.search(head)))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def empty() -> None:
    """Throw all messages away."""
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.eml"):
        path.unlink()


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    sms = str(message.get(SMS_HEADER, ""))
    return Mail(
        key=path.stem,
        to=sms or str(message.get("To", "")),
        subject=str(message.get("Subject", "")).strip(),  # a long one begins on a line of its own
        date=_date(message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        sms=bool(sms),
    )


def _date(message: EmailMessage) -> datetime | None:
    date: datetime | None = message["Date"].datetime if message["Date"] else None
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None else date  # "-0000" is read as naive UTC


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""
