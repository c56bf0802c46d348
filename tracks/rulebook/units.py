"""Who recommends, how many, under which team names, on which form."""

from dataclasses import dataclass
from typing import Annotated, Literal

from .contest import Condition, Faults, TeamRule
from .kinds import Code, Count, Days, Filled, Ref, Slots


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A part of a team name (G13a): typed by the clerk, or the recommending unit's own name."""

    code: Code
    name: str
    supplied_by: Literal["clerk", "unit"]


@dataclass(frozen=True, kw_only=True)
class Naming:
    """参赛队伍命名 (G14): generate from slots; typed slots never empty and never holding `forbidden`."""

    keep_brackets: bool  # Q1: brackets mark slots, they are not part of the name
    forbidden: tuple[str, ...]
    slots: Annotated[tuple[Slot, ...], Filled()]
    source: str


TeamName = Annotated[str, Slots("naming.slots")]


@dataclass(frozen=True, kw_only=True)
class Force:
    """附件4's volunteer force (G43): advisory, it gates nothing (Q22)."""

    minimum: Count
    team_names: Annotated[tuple[TeamName, ...], Filled()]
    leader: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ForceRule:
    """What holds for all volunteer forces (G44, G45); advisory unless the organiser says otherwise (Q22)."""

    activities_per_month: Count  # “原则上每月不少于1次”: a soft flag
    gates_entry: bool
    registry: str  # where forces and volunteers register
    quote: str
    source: str


@dataclass(frozen=True, kw_only=True)
class UnitCategory:
    """推荐单位类别 with its 名额 (G7–G13, N5–N7). The quota counts rows, not categories entered (G16)."""

    code: Code
    name: str
    listed_name: str  # the notice's own wording
    unit_kind: Literal["county", "city", "society", "university", "base", "affiliate", "province"]
    flags: tuple[Literal["pilot", "demonstration"], ...] = ()  # region flags, any of which puts a county here (Q4)
    quota: Count | None = None  # None: closed until the organiser sets one (Q3)
    quotas: dict[str, Count] | None = None  # by unit or region name instead (N5); 名额表 in its own order
    quota_wording: str
    hard: bool = True  # false: “原则上不超过”, an overrun warns (N5)
    warn_below: Count = 0  # “报送 1 个”: at most one, a warning at none (Q2)
    rank_required: bool = False  # rows carry a dense rank 1..n (N6)
    global_cap: Count | None = None  # over all units of the category (N7)
    cut: Literal["interleave_by_rank", "organiser"] | None = None  # how the cap is met (Q18)
    team_names: tuple[TeamName, ...] = ()
    default_track: Annotated[str, Ref("tracks")] | None = None
    force: Force | None = None
    quote: str = ""
    source: str

    @property
    def closed(self) -> bool:
        """No place until the organiser sets a quota."""
        return self.quota is None and self.quotas is None

    def quota_for(self, name: str) -> int | None:
        """The places of one unit, by its (region's) name where the notice lists them."""
        return self.quota if self.quotas is None else self.quotas.get(name)

    def faults(self) -> Faults:
        if self.quota is not None and self.quotas is not None:
            yield "quotas", "quota 与 quotas 只能写一个：统一名额写 quota，逐一列出写 quotas"
        if self.quota is not None and self.warn_below > self.quota:
            yield "warn_below", f"提醒下限 {self.warn_below} 大于名额 {self.quota}，请改小"
        if self.global_cap is not None and self.cut is None:
            yield "cut", "写了总数上限 global_cap，请同时写 cut（超出时如何取舍）"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of an official form; `place` tells a cell of the header or footer from a column of rows."""

    code: Code
    label: str
    place: Literal["row", "header", "footer"] = "row"


@dataclass(frozen=True, kw_only=True)
class Form:
    """An official form, its columns in order; import and export round-trip exactly (G19, N28, N30)."""

    code: Code
    name: str
    columns: Annotated[tuple[Column, ...], Filled()]
    notes: tuple[str, ...] = ()
    source: str


@dataclass(frozen=True, kw_only=True)
class RecommendationRule:
    """推荐报送 (G16–G17): what a unit hands in and how it is put right."""

    form: Annotated[str, Ref("forms")] | None = None
    stamped_scan_required: bool  # Q31
    correction_working_days: Days  # Q32, counted from the return
    duplicates: Literal["refuse", "warn"]  # same phone + name by two units or in two tracks (Q7)
    source: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """报名 (G4, G18): who may enter without a unit, and in what strength."""

    open_registration: bool  # without a recommendation, taking no place
    several_categories: bool  # one place may enter several (G16)
    one_track_per_person: bool
    team: TeamRule
    source: str


@dataclass(frozen=True, kw_only=True)
class Nomination:
    """Besides entries, what a recommending unit hands in: schools, organisations, rosters (N28–N30)."""

    code: Code
    name: str
    unit_category: Annotated[str, Ref("unit_categories")]
    quota: Count | None = None
    nominates: Literal["organisation", "school", "person"]
    conditions: tuple[Condition, ...] = ()
    form: Annotated[str, Ref("forms")] | None = None
    milestone: Annotated[str, Ref("milestones")]
    quote: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ReportDuty:
    """活动总结 that a unit owes, and what it is judged by (N1, N8, N10, K4)."""

    code: Code
    name: str
    unit_category: Annotated[str, Ref("unit_categories")] | None = None
    milestone: Annotated[str, Ref("milestones")] | None = None
    materials: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    gates_next_edition: bool = False  # not handing it in bars the next edition (N4)
    quote: str
    source: str
