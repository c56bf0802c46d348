"""Dates as notices write them: to the minute, the day, the 旬, the month or the year (G30, Q20).

An edition file says when in one of five ways, and the way tells the precision:

    2024-12-15T17:00:00      minute   (a TOML date-time; without an offset it is Beijing time)
    2024-11-26               day      (a TOML date)
    "2025-09中旬"             xun      (上旬 1–10, 中旬 11–20, 下旬 21–end)
    "2020-05"                month
    "2021"                   year
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

Precision = Literal["minute", "day", "xun", "month", "year"]
PRECISIONS: tuple[Precision, ...] = ("minute", "day", "xun", "month", "year")  # finest first

_FUZZY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?P<xun>[上中下]旬)?)?")
_XUN_DAYS = {"上旬": (1, 11), "中旬": (11, 21), "下旬": (21, None)}
_YEARS = range(2000, 2101)


@dataclass(frozen=True)
class When:
    """A moment or a stretch of time, as precise as the notice is.

    `first` is its first instant; `after` the first instant that is no longer part of it, so that a deadline of
    17:00 still accepts 17:00:00 and refuses 17:00:01, and a day ends at the next midnight (G30).
    """

    precision: Precision
    first: datetime
    after: datetime
    text: str

    def __str__(self) -> str:
        return self.text


def parse_when(value: object) -> When:
    """Read one TOML value. Raises ValueError with a Chinese sentence when it is not a date."""
    if isinstance(value, datetime):
        return _minute(value)
    if isinstance(value, date):
        _check_year(value.year)
        first = _midnight(value)
        return When("day", first, first + timedelta(days=1), f"{value.year}年{value.month}月{value.day}日")
    if isinstance(value, str) and (match := _FUZZY.fullmatch(value.replace(" ", ""))):
        return _fuzzy(match["year"], match["month"], match["xun"])
    raise ValueError(f'不是日期：{value!s}。请写成 2024-12-15、2024-12-15T17:00:00、"2025-09中旬"、"2025-09" 或 "2025"')


def _minute(value: datetime) -> When:
    _check_year(value.year)
    moment = value.replace(tzinfo=BEIJING) if value.tzinfo is None else value.astimezone(BEIJING)
    moment = moment.replace(microsecond=0)
    text = f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}"
    return When("minute", moment, moment + timedelta(seconds=1), text)


def _fuzzy(year_text: str, month_text: str | None, xun: str | None) -> When:
    year = int(year_text)
    _check_year(year)
    if month_text is None:
        return When("year", _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1)), f"{year}年")
    month = int(month_text)
    if not 1 <= month <= 12:
        raise ValueError(f"没有 {month} 月，月份应在 01 至 12 之间")
    next_month = date(year + month // 12, month % 12 + 1, 1)
    if xun is None:
        return When("month", _midnight(date(year, month, 1)), _midnight(next_month), f"{year}年{month}月")
    begin, end = _XUN_DAYS[xun]
    after = date(year, month, end) if end else next_month
    return When("xun", _midnight(date(year, month, begin)), _midnight(after), f"{year}年{month}月{xun}")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def _check_year(year: int) -> None:
    if year not in _YEARS:
        raise ValueError(f"年份 {year} 不对，应在 {_YEARS.start} 至 {_YEARS.stop - 1} 之间")


@dataclass(frozen=True)
class Window:
    """When one action is allowed: from `opens` on, before `closes`; None means that nothing bounds that side."""

    action: str
    opens: datetime | None
    closes: datetime | None
    opened_by: str = ""  # milestone codes, for the sentence that explains a refusal
    closed_by: str = ""

    def contains(self, moment: datetime) -> bool:
        """Is the action allowed at this moment? An action that no milestone opens or closes is never allowed."""
        if self.opens is None and self.closes is None:
            return False
        return (self.opens is None or self.opens <= moment) and (self.closes is None or moment < self.closes)


class Gate(Protocol):
    """What `window_of` needs of a milestone: the rulebook's own and the database's row both have it."""

    @property
    def code(self) -> str: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def opens(self) -> Iterable[str]: ...
    @property
    def closes(self) -> Iterable[str]: ...
    @property
    def categories(self) -> Iterable[str]: ...


def window_of(action: str, milestones: Iterable[Gate], category: str | None = None) -> Window:
    """The window of an action, from the milestones that open and close it (G29: channels have separate gates).

    A milestone that names categories counts only for these. Should several bound the same side (which the
    checks refuse in an edition file, but dates in tables may be edited), the narrowest window holds.
    """
    gates = [m for m in milestones if not m.categories or (category and category in m.categories)]
    begins = [(m.starts_at, m.code) for m in gates if action in m.opens and m.starts_at]
    ends = [(m.ends_at, m.code) for m in gates if action in m.closes and m.ends_at]
    opens, opened_by = _pick(max, begins)
    closes, closed_by = _pick(min, ends)
    return Window(action, opens, closes, opened_by, closed_by)


def _pick(
    choose: Callable[[list[tuple[datetime, str]]], tuple[datetime, str]], bounds: list[tuple[datetime, str]]
) -> tuple[datetime | None, str]:
    return choose(bounds) if bounds else (None, "")
