"""The meeting tool's attendance file (参会记录): how long a row says somebody was there, and who it means."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY = LATE = timedelta(minutes=90)  # people come early and stay on; beyond that it is another meeting

_TIME = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:日)?[ T]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2})")
_WORDS = re.compile(
    r"(?:(\d+)\s*(?:小时|时|h(?:ours?)?))?\s*(?:(\d+)\s*(?:分钟|分|m(?:in(?:utes?)?)?))?\s*(?:(\d+)\s*(?:秒钟|秒|s))?",
    re.IGNORECASE,
)


def moment(text: str) -> datetime | None:
    """2025-01-05 14:00:03, 2025/1/5 14:00, 2025年1月5日 14:00 → without a zone; None for what is none."""
    match = _TIME.search(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # the caller gives it its zone
    except ValueError:
        return None


def minutes(text: str) -> int | None:
    """1小时2分30秒, 01:02:30, 62分钟, 62 → whole minutes; None for what is no duration."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.isdecimal():
        return int(text)
    if match := _CLOCK.fullmatch(text):
        hours, mins, seconds = (int(part or 0) for part in match.groups())
        return (hours * 3600 + mins * 60 + seconds + 30) // 60
    match = _WORDS.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    hours, mins, seconds = (int(part or 0) for part in match.groups())
    return (hours * 3600 + mins * 60 + seconds + 30) // 60


@dataclass(frozen=True)
class Window:
    """A session's live window."""

    starts: datetime
    ends: datetime

    def holds(self, joined: datetime) -> bool:
        """Whether somebody who joined then came to this meeting."""
        return self.starts - EARLY <= joined < self.ends + LATE

    def within(self, joined: datetime | None, left: datetime | None, told: int | None) -> int:
        """Whole minutes inside it: what the row tells, never more than lies between joining and leaving."""
        spans = [told] if told is not None else []
        if joined and left:
            inside = min(left, self.ends) - max(joined, self.starts)
            spans.append(max(int(inside.total_seconds() // 60), 0))
        return min([*spans, int((self.ends - self.starts).total_seconds() // 60)]) if spans else 0


@dataclass(frozen=True)
class Known:
    """Somebody who is enrolled, with what else may stand beside their name."""

    key: int
    name: str
    hints: tuple[str, ...] = ()  # number of the entry, its team, organisation


def folded(text: str) -> str:
    """Width, case, spaces and signs do not tell names apart."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def who(nickname: str, people: Iterable[Known]) -> list[Known]:
    """Whom a name in a meeting means: the same name, else a name that stands in it; hints tell namesakes apart.

    One: found. Several: namesakes. None: nobody enrolled.
    """
    typed = folded(nickname)
    if not typed:
        return []
    people = list(people)
    same = [one for one in people if folded(one.name) == typed]
    within = same or [one for one in people if len(folded(one.name)) >= 2 and folded(one.name) in typed]
    longest = max((len(folded(one.name)) for one in within), default=0)
    within = [one for one in within if len(folded(one.name)) == longest]
    if len(within) > 1:
        told = [one for one in within if any(len(folded(h)) >= 2 and folded(h) in typed for h in one.hints)]
        return told or within
    return within


def belongs(joined: Sequence[datetime], window: Window) -> bool:
    """Whether a file is of this meeting: most who joined did so around it."""
    inside = sum(window.holds(at) for at in joined)
    return not joined or inside * 2 > len(joined)
