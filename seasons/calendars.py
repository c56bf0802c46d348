"""A course's sessions as an iCalendar file (RFC 5545): what phones and computers take into their calendars."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from core.links import link_to

from .models import Course, Session

FOLD = 75  # octets a line, at most


def calendar(course: Course, sessions: Iterable[Session], now: datetime) -> bytes:
    """A VCALENDAR with one event a session; cancelled ones say so. The link into the meeting stays on the page."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_host()}//training//ZH", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(course.name)}"]
    page = link_to("course", course=course.pk)
    for session in sessions:
        lines += _event(course, session, page, now)
    return b"".join(folded(line) + b"\r\n" for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """Text as a property's value; control characters are dropped, so that nobody's title starts a property."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(sign for sign in text if sign.isprintable())


def folded(line: str) -> bytes:
    """One content line, cut into octets of at most 75; never inside a character."""
    parts: list[bytes] = []
    part = b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > (FOLD if not parts else FOLD - 1):
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part])


def _event(course: Course, session: Session, page: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:session-{session.pk}@{_host()}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"SEQUENCE:{int(now.timestamp())}"  # whatever is downloaded later replaces what was taken before
    yield f"DTSTART:{_utc(session.starts_at)}"
    yield f"DTEND:{_utc(session.ends_at)}"
    yield f"SUMMARY:{escaped(f'{course.name}：{session.title}')}"
    yield f"DESCRIPTION:{escaped(f'入会链接和签到在课程页：{page}')}"
    yield f"URL:{page}"
    if session.state == "cancelled":
        yield "STATUS:CANCELLED"
    else:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:一小时后上课", "TRIGGER:-PT1H", "END:VALARM")
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
