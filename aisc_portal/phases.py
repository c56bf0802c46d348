"""The year on the front page: computed from milestones and contest time, never flipped by a timer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import cast

from core.clock import BEIJING
from tracks.channels import RECOMMEND, REGISTER, channels
from tracks.models import Milestone
from tracks.rulebook import Rulebook
from tracks.wording import dashed, last_instant, short, year_of

Calendar = Sequence[Milestone]


@dataclass(frozen=True)
class YearStep:
    """One stop of the year."""

    code: str
    when: str
    title: str
    note: str
    months: list[int] = field(default_factory=list)
    current: bool = False


def year(rulebook: Rulebook, calendar: Calendar, now: datetime) -> list[YearStep]:
    """The milestones that shape the year; what lies within another's window is left to the schedule page."""
    tops = [m for m in calendar if m.starts_at and not rulebook.milestone(m.code).during and not _within(m, calendar)]
    tops.sort(key=_start)
    groups = [list(group) for _, group in groupby(tops, key=lambda m: (m.starts_at, m.kind))]
    begun = [group for group in groups if _start(group[0]) <= now]
    return [_step(rulebook, calendar, group, year_of(tops[0]), now, group in begun[-1:]) for group in groups]


def _step(
    rulebook: Rulebook, calendar: Calendar, group: list[Milestone], first_year: int | None, now: datetime, current: bool
) -> YearStep:
    head = group[0]
    months = list(_months(_start(head), head.ends_at)) if "serve" in head.opens and head.ends_at else []
    title = _merged([milestone.name for milestone in group])
    return YearStep(
        head.code, short(head, year=first_year), title, _note(rulebook, calendar, group, now), months, current
    )


def _note(rulebook: Rulebook, calendar: Calendar, group: list[Milestone], now: datetime) -> str:
    opens = {action for milestone in group for action in milestone.opens}
    if RECOMMEND in opens or REGISTER in opens:
        said = []
        for way in channels(rulebook, calendar, now):
            if way.action == RECOMMEND and way.window.closes:
                said.append(f"推荐到 {dashed(last_instant(way.window.closes))}")
            elif way.window.opens:
                said.append(f"{way.name} {dashed(way.window.opens)} 起")
        return "，".join(said)
    if "train" in opens:
        named = [rulebook.category(code) for milestone in group for code in milestone.categories]
        formats = {s.format for s in rulebook.seasons if s.milestone in {m.code for m in group} and s.format}
        said = ["、".join(f"{c.code} {c.direction.removeprefix('用 AI 进行')}" for c in named), *sorted(formats)]
        return "，".join(filter(None, said))
    if "serve" in opens:
        return "每月一个主题，自愿参加"
    return "路演，专家与大众评分" if "final" in opens else ""


def _merged(names: list[str]) -> str:
    """第二主题赛季, 第三主题赛季 → 第二、三主题赛季."""
    head = _shared(names)
    tail = _shared([name[len(head) :][::-1] for name in names])[::-1]
    if len(names) == 1 or not head or not tail:
        return "、".join(names)
    return head + "、".join(name[len(head) : len(name) - len(tail)] for name in names) + tail


def _shared(names: list[str]) -> str:
    """What all names begin with."""
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*names, strict=False)))


def _within(milestone: Milestone, calendar: Calendar) -> bool:
    """Does a point or a deadline lie within another milestone's window?"""
    if milestone.kind in {"window", "open_ended", "fuzzy"}:
        return False
    windows = [m for m in calendar if m.kind == "window" and m.starts_at and m.ends_at]
    return any(_start(m) <= _start(milestone) and _start(milestone) < (m.ends_at or _start(m)) for m in windows)


def _start(milestone: Milestone) -> datetime:
    return cast(datetime, milestone.starts_at)  # asked only of those that have one


def _months(first: datetime, bound: datetime) -> Iterator[int]:
    at = first.astimezone(BEIJING).replace(day=1)
    while at < bound:
        yield at.month
        at = (at + timedelta(days=32)).replace(day=1)
