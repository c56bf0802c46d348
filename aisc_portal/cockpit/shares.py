"""By city, track, category and day: each a table; what is drawn, told and exported are the same numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from . import funnel
from .figures import DAYS, Figures
from .funnel import percent


@dataclass(frozen=True)
class Line:
    """A row of a share: its name and numbers, in the order of the columns."""

    name: str
    numbers: tuple[int, ...]
    full: int = 0  # what the whole width of its picture stands for

    @property
    def first(self) -> str:
        """Length of the first part of the bar: the second number of the line."""
        return percent(self.numbers[1], self.full)

    @property
    def second(self) -> str:
        """Length of what follows: the third number."""
        return percent(self.numbers[2], self.full)


@dataclass(frozen=True)
class Share:
    """One table with its columns; the first names the lines."""

    title: str
    columns: Sequence[str]
    lines: Sequence[Line]

    @property
    def rows(self) -> list[tuple[str | int, ...]]:
        """As a sheet wants them."""
        return [(line.name, *line.numbers) for line in self.lines]


def by_city(figures: Figures) -> Share:
    """How many of a city's units have submitted."""
    full = max((city.invited for city in figures.cities), default=0)
    lines = [
        Line(c.city, (c.invited, c.submitted, c.silent, c.opened, c.places, c.taken), full) for c in figures.cities
    ]
    return Share("按地市", ("市", "受邀单位", "已提交", "未提交", "已开通", "名额", "已用名额"), lines)


def by_track(figures: Figures) -> Share:
    """Rows, reviews, entries and works of each track."""
    lines = []
    for track in figures.tracks:
        rows = [row for row in figures.rows if row.track == track.pk]
        states = {s: sum(r.count for r in rows if r.state == s) for s in ("approved", "returned", "submitted")}
        entries = sum(e.count for e in figures.entries if e.track == track.pk and e.state in ("entered", "accepted"))
        works = sum(count for (of, _, _), count in figures.works.items() if of == track.pk)
        total = sum(states.values())
        numbers = (total, states["approved"], states["returned"], states["submitted"], sum(r.late for r in rows))
        lines.append(Line(track.name, (*numbers, entries, works), total))
    columns = ("赛道", "推荐队伍", "审核通过", "补正中", "待审", "待审超 3 天", "报名", "作品")
    return Share("按赛道", columns, lines)  # fmt: skip


def by_category(figures: Figures) -> Share:
    """An entry with several categories counts in each of them."""
    lines = []
    for rule in figures.edition.rulebook.categories:
        rows = figures.rows_where(lambda row, code=rule.code: code in row.categories)  # type: ignore[misc]
        entries = figures.entries_where(
            lambda e, code=rule.code: code in e.categories and e.state in ("entered", "accepted")  # type: ignore[misc]
        )
        works = Counter[str]()
        for (_, code, state), count in figures.works.items():
            works[state] += count if code == rule.code else 0
        lines.append(Line(f"{rule.code} {rule.name}", (rows, entries, sum(works.values()), works["passed"])))
    return Share("按类别", ("类别", "推荐队伍", "报名", "提交作品", "作品审核通过"), lines)


def by_day(figures: Figures) -> Share:
    """The last thirty days, those without anything too."""
    first = figures.since.date()
    days = [first + timedelta(days=n) for n in range(DAYS)]
    full = max((sum(figures.days.get(day, (0,))) for day in days), default=0)
    lines = [Line(day.strftime("%m-%d"), figures.days.get(day, (0, 0, 0)), full) for day in days]
    return Share("按日（近 30 天）", ("日期", "提交推荐", "审核通过", "提交报名"), lines)


def by_step(figures: Figures) -> Share:
    """The funnel as a table."""
    steps = [*funnel.units(figures), *funnel.teams(figures)]
    return Share("从受邀单位到证书", ("环节", "数量"), [Line(step.label, (step.number,)) for step in steps])


def shares(figures: Figures) -> list[Share]:
    """All of them, for the workbook."""
    return [by_step(figures), by_city(figures), by_track(figures), by_category(figures), by_day(figures)]
