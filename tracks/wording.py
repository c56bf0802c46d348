"""The rulebook in the reader's words: dates in 北京时间, as precise as the notice is (G30), and team-name patterns."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from .rulebook import BEIJING
from .rulebook.units import Naming

WEEKDAYS = "一二三四五六日"
_XUN = "上中下"
_DOCUMENT = re.compile(r"\S+〔\d{4}〕\d+号\s*")


class Dated(Protocol):
    """What has a kind, a beginning, an exclusive end and a precision: a Milestone row or the rulebook's own."""

    @property
    def kind(self) -> str:
        """point, window, deadline, fuzzy, open_ended or tbd."""

    @property
    def starts_at(self) -> datetime | None:
        """First instant."""

    @property
    def ends_at(self) -> datetime | None:
        """Exclusive bound."""

    @property
    def precision(self) -> str | None:
        """minute, day, xun, month or year."""


def day(moment: datetime) -> str:
    """12 月 15 日（周日）."""
    return f"{date_only(moment)}（周{WEEKDAYS[moment.astimezone(BEIJING).weekday()]}）"


def date_only(moment: datetime) -> str:
    """12 月 15 日."""
    at = moment.astimezone(BEIJING)
    return f"{at.month} 月 {at.day} 日"


def dashed(moment: datetime) -> str:
    """12-15."""
    return f"{moment.astimezone(BEIJING):%m-%d}"


def instant(moment: datetime) -> str:
    """12 月 15 日（周日）09:00; midnight is the day alone."""
    at = moment.astimezone(BEIJING)
    return day(at) if (at.hour, at.minute) == (0, 0) else f"{day(at)}{at:%H:%M}"


def last_instant(bound: datetime) -> datetime:
    """The last second that an exclusive bound still accepts: 17:00:00 for 17:00:01, 23:59:59 for midnight."""
    return bound.astimezone(BEIJING) - timedelta(seconds=1)


def end(bound: datetime) -> str:
    """An exclusive bound in words: 12 月 15 日（周日）17:00, or 12 月 25 日（周三）24:00 for the next midnight."""
    at = bound.astimezone(BEIJING)
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"{day(last_instant(at))}24:00"
    return f"{day(at)}{at:%H:%M}" if at.second <= 1 else f"{day(at)}{at:%H:%M:%S}"


def span(dated: Dated) -> str:
    """A milestone's time in full: 11 月 26 日（周二）至 12 月 25 日（周三）, 9 月中下旬, 12 月 28 日（周六）起."""
    if fuzzy := _fuzzy(dated):
        return fuzzy
    if dated.starts_at is None:
        return f"{end(dated.ends_at)} 截止" if dated.ends_at else "日期待定"
    if dated.kind == "open_ended" or dated.ends_at is None:  # an open-ended one may have a provisional end
        return instant(dated.starts_at) if dated.kind == "point" else f"{instant(dated.starts_at)}起"
    first, last = dated.starts_at.astimezone(BEIJING), last_instant(dated.ends_at)
    if first.date() == last.date():
        return day(first) if dated.precision == "day" else instant(first)
    return f"{_with_year(first, None)}{day(first)}至 {_with_year(last, first)}{day(last)}"


def short(dated: Dated, *, year: int | None = None) -> str:
    """A milestone's time for narrow places: 12-27, 11-26 至 12-25, 2025-01-10 起, 9 月中下旬.

    year: the year that goes without saying.
    """
    if fuzzy := _fuzzy(dated):
        return fuzzy
    if dated.starts_at is None:
        return f"{_dash(last_instant(dated.ends_at), year)} 止" if dated.ends_at else "待定"
    first = dated.starts_at.astimezone(BEIJING)
    if dated.kind == "open_ended" or dated.ends_at is None:
        return _dash(first, year) if dated.kind == "point" else f"{_dash(first, year)} 起"
    last = last_instant(dated.ends_at)
    if first.date() == last.date():
        return _dash(first, year)
    return f"{_dash(first, year)} 至 {_dash(last, first.year)}"


def cite(sources: Iterable[str]) -> str:
    """Source clauses as one line, each once, a document named only where it changes.

    粤科普志〔2024〕05号 正文；粤科普志〔2024〕05号 附件1 七 → 粤科普志〔2024〕05号 正文；附件1 七
    """
    said, document = [], ""
    for clause in dict.fromkeys(part.strip() for source in sources for part in source.split("；")):
        found = _DOCUMENT.match(clause)
        if found and found[0] == document:
            clause = clause[found.end() :]
        document = found[0] if found else document
        if clause and clause not in said:
            said.append(clause)
    return "；".join(said)


def year_of(dated: Dated) -> int | None:
    """The year in which a milestone begins, or ends when it has no beginning; None when it has no date."""
    moment = dated.starts_at or (last_instant(dated.ends_at) if dated.ends_at else None)
    return moment.astimezone(BEIJING).year if moment else None


def _fuzzy(dated: Dated) -> str:
    """旬, months and years, which no day can say; empty for finer precisions."""
    if dated.precision in {"minute", "day"} or not (dated.starts_at and dated.ends_at):
        return ""
    first, last = dated.starts_at.astimezone(BEIJING), last_instant(dated.ends_at)
    if dated.precision == "year":
        return f"{first.year} 年" if first.year == last.year else f"{first.year} 至 {last.year} 年"
    if (first.year, first.month) != (last.year, last.month):
        return f"{first.month} 月{_xun(first, dated)}至 {last.month} 月{_xun(last, dated)}"
    tens = "".join(dict.fromkeys([_xun(first, dated)[:1], _xun(last, dated)[:1]]))
    return f"{first.month} 月{tens}旬" if tens and tens != "上下" else f"{first.month} 月"


def _xun(at: datetime, dated: Dated) -> str:
    return f"{_XUN[min((at.day - 1) // 10, 2)]}旬" if dated.precision == "xun" else ""


def _dash(at: datetime, year: int | None) -> str:
    return f"{at:%m-%d}" if year in (None, at.year) else f"{at:%Y-%m-%d}"


def _with_year(at: datetime, before: datetime | None) -> str:
    return f"{at.year} 年 " if before and before.year != at.year else ""


@dataclass(frozen=True)
class NamePart:
    """A stretch of a team-name pattern; slot: the clerk types it, otherwise it is filled in."""

    text: str
    slot: bool


def name_parts(pattern: str, naming: Naming | None) -> list[NamePart]:
    """`{university}{team}科技志愿服务支队` → 高校名称, [团队名称], 科技志愿服务支队 (G13a)."""
    slots = {slot.code: slot for slot in naming.slots} if naming else {}
    parts = []
    for piece in re.split(r"(\{[^{}]*\})", pattern):
        slot = slots.get(piece[1:-1]) if piece.startswith("{") else None
        if slot:
            parts.append(NamePart(slot.name, slot.supplied_by == "clerk"))
        elif piece:
            parts.append(NamePart(piece, False))
    return parts
