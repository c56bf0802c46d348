"""The rulebook arranged for the public pages; pure functions, no queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .models import Milestone
from .rulebook import Rulebook
from .rulebook.units import UnitCategory
from .wording import NamePart, name_parts, year_of

CHANNELS = {
    "all": "全部通道",
    "online": "在线系统",
    "recommendation_email": "推荐报送",
    "offline": "线下",
    "live": "线上直播",
}


@dataclass(frozen=True)
class QuotaRow:
    """One line of the quota and naming table (G7–G13)."""

    category: UnitCategory
    patterns: list[list[NamePart]]

    @property
    def name(self) -> str:
        """The unit category."""
        return self.category.name

    @property
    def quota(self) -> int | None:
        """Places a unit has; None while closed, or where units have each their own."""
        return self.category.quota

    @property
    def closed(self) -> bool:
        """No places until the organiser sets them (Q3)."""
        return self.category.closed

    @property
    def source(self) -> str:
        """The clause."""
        return self.category.source


def quota_rows(rulebook: Rulebook) -> list[QuotaRow]:
    """Every unit category in the notice's order, with its team-name patterns."""
    return [
        QuotaRow(category, [name_parts(pattern, rulebook.naming) for pattern in category.team_names])
        for category in rulebook.unit_categories
    ]


@dataclass(frozen=True)
class RoleGroup:
    """The organisers in one role; long when there are many, then they share a line."""

    role: str
    names: list[str]

    @property
    def lines(self) -> list[str]:
        """Up to two names stand a line each, more share one."""
        return self.names if len(self.names) <= 2 else ["、".join(self.names)]


def organisers_by_role(rulebook: Rulebook) -> list[RoleGroup]:
    """指导、主办、承办 … in order of rank (G1)."""
    groups: dict[str, list[str]] = {}
    for organiser in rulebook.organisers:
        groups.setdefault(organiser.role_name, []).append(organiser.name)
    return [RoleGroup(role, names) for role, names in groups.items()]


@dataclass(frozen=True)
class ScheduleRow:
    """One milestone of the schedule page."""

    milestone: Milestone
    state: Literal["past", "now", "coming", "unset"]
    undecided: bool  # the notice leaves a date open; what counts meanwhile is provisional

    @property
    def channel(self) -> str:
        """Through which channel, in words; empty where it makes no difference."""
        return CHANNELS.get(self.milestone.channel, "")

    @property
    def year(self) -> int | None:
        """The year under which the page lists it."""
        return year_of(self.milestone)


def schedule_rows(rulebook: Rulebook, calendar: Sequence[Milestone], now: datetime) -> list[ScheduleRow]:
    """The milestones in order of time; those without a date come last."""
    positions = {milestone.code: i for i, milestone in enumerate(rulebook.milestones)}
    open_points = {point.path.split(".")[0] for point in rulebook.undecided}
    rows = [ScheduleRow(m, _standing(m, now), f"milestones[{positions.get(m.code)}]" in open_points) for m in calendar]
    return sorted(rows, key=lambda row: (row.state == "unset", row.milestone.starts_at or row.milestone.ends_at or now))


def _standing(milestone: Milestone, now: datetime) -> Literal["past", "now", "coming", "unset"]:
    starts, ends = milestone.starts_at, milestone.ends_at
    if starts is None and ends is None:
        return "unset"
    if starts is None:
        return "past" if ends and ends <= now else "coming"
    if now < starts:
        return "coming"
    if milestone.kind == "point":
        return "now" if starts.date() == now.astimezone(starts.tzinfo).date() else "past"
    return "past" if ends and ends <= now else "now"
