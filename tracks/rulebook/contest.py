"""What the contest is and when: edition, organisers, tracks, categories, milestones, seasons."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal

from .dates import PRECISIONS, Precision, When
from .kinds import Age, Code, Count, Filled, Matches, Range, Ref, Slug

Faults = Iterator[tuple[str, str]]  # (field, Chinese sentence): what a table's `faults()` yields
Entrant = Literal["individual", "team", "organisation"]

ACTIONS: dict[str, str] = {
    "recommend": "单位推荐",
    "claim": "认领推荐名额",
    "register": "在线报名",
    "train": "培训学习",
    "submit": "提交作品",
    "serve": "积分活动",
    "review": "线上评审",
    "final": "终审路演",
    "reveal": "公布名单",
    "nominate": "报送推荐名单",
    "report": "报送总结",
}
Action = Literal[
    "recommend", "claim", "register", "train", "submit", "serve", "review", "final", "reveal", "nominate", "report"
]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """届次 (G2, P1): how this edition is called, and the document that founds it."""

    slug: Slug
    code: Annotated[str, Matches(r"[A-Z0-9]{3,12}", "3 至 12 位大写字母或数字")]  # begins certificate numbers
    name: str
    short_name: str
    session: str  # 届次 as data: 首届, 第六届, 2024年
    theme: str = ""
    document: str  # 文号
    issued_on: date
    issued_by: str
    summary: str = ""
    source: str


@dataclass(frozen=True, kw_only=True)
class Organiser:
    """One organisation in its role; order in the file is the order of rank (G1, P2)."""

    role: Literal["guide", "host", "undertaker", "co_organiser", "technical", "supporter", "charity_supporter"]
    name: str
    source: str

    @property
    def role_name(self) -> str:
        return ORGANISER_ROLES[self.role]


ORGANISER_ROLES: dict[str, str] = {
    "guide": "指导单位",
    "host": "主办单位",
    "undertaker": "承办单位",
    "co_organiser": "协办单位",
    "technical": "技术执行",
    "supporter": "支持单位",
    "charity_supporter": "公益支持",
}


@dataclass(frozen=True, kw_only=True)
class HonourTitle:
    """A title that the registry of honours keeps and eligibility looks up (P3, G24(4))."""

    code: Code
    name: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One 参赛条件. An applicant needs every `requires`, no `excludes`, and one of the `admits` if there are any."""

    code: Code
    effect: Literal["admits", "requires", "excludes", "prefers"] = "admits"
    text: str
    evidence: str = ""  # what the applicant is asked to show
    within_years: Annotated[int, Range(1, 20)] | None = None  # dated evidence no older than this before registration
    honours: tuple[Annotated[str, Ref("honours")], ...] = ()
    pledge: bool = False  # a promise to be signed, not a fact to be shown (N3)
    source: str


@dataclass(frozen=True, kw_only=True)
class Track:
    """赛道: by population; every (track, category) pair is legal (G3). Its contacts are people, thus not here (G6)."""

    code: Code
    name: str
    short_name: str
    entrants: Annotated[tuple[Entrant, ...], Filled()]
    conditions: Annotated[tuple[Condition, ...], Filled()]
    minors: bool = False  # participants are school pupils: birth month and guardian are asked
    free_of_charge: bool = True
    source: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """组别 by school stage (N20); a team lies within one group where the edition says so (N21)."""

    code: Code
    name: str
    stage: Literal["primary", "junior", "senior", "teacher"]
    grades: tuple[Annotated[int, Range(1, 12)], ...] = ()  # 1–12; empty: not by grade
    source: str


@dataclass(frozen=True, kw_only=True)
class TeamRule:
    """How many people one entry may have (Q11, N21, N22)."""

    min: Count
    max: Count
    instructors_max: Count
    same_group: bool = False
    source: str

    def faults(self) -> Faults:
        if self.min < 1 or self.min > self.max:
            yield "min", f"队伍人数下限 {self.min} 应在 1 与上限 {self.max} 之间"


@dataclass(frozen=True, kw_only=True)
class Category:
    """奖项类别 or 主题 (A 传播, B 编程, C 研学): what is made; matched by code, never by ordinal (G27)."""

    code: Code
    name: str  # 附件2: 广东省 AI 科普传播领军人物/领军队伍奖
    short_name: str
    direction: str  # 报名内容方向, e.g. 用 AI 进行科普作品创作
    description: str = ""
    award_names: dict[Entrant, str] = field(default_factory=dict)  # what a prize is called by the kind of entrant (G36)
    entrants: Annotated[tuple[Entrant, ...], Filled()]
    tracks: Annotated[tuple[Annotated[str, Ref("tracks")], ...], Filled()]
    groups: tuple[Annotated[str, Ref("groups")], ...] = ()  # empty: not divided
    team: TeamRule | None = None  # otherwise the entry's
    works_per_person: Annotated[int, Range(1, 100)] | None = None  # counts team members; None: no limit
    source: str

    def faults(self) -> Faults:
        for entrant in self.award_names.keys() - set(self.entrants):
            yield "award_names", f"{entrant} 不在本类别的 entrants 中，请改为 {'、'.join(self.entrants)}"


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """赛程节点 (G28): when, through which channel, which actions it opens at its start and closes at its end."""

    code: Code
    name: str
    kind: Literal["point", "window", "deadline", "fuzzy", "open_ended", "tbd"]
    start: When | None = None
    end: When | None = None
    channel: Literal["all", "online", "recommendation_email", "offline", "live"] | None = None
    opens: tuple[Action, ...] = ()
    closes: tuple[Action, ...] = ()
    categories: tuple[Annotated[str, Ref("categories")], ...] = ()  # empty: the whole edition
    during: Annotated[str, Ref("milestones")] | None = None  # expected to lie within this one; else a warning (G29)
    after: Annotated[str, Ref("milestones")] | None = None  # expected not to end before this one ends (K4)
    grace_minutes: Count = 0  # what was begun before the end may still finish
    hard: bool = True  # false: late is noted, not refused
    quote: str  # the notice's own words
    source: str

    @property
    def starts_at(self) -> datetime | None:
        """First instant, inclusive."""
        return self.start.first if self.start else None

    @property
    def ends_at(self) -> datetime | None:
        """Exclusive bound: 17:00:01 for 17:00, the next midnight for a day (G30)."""
        return self.end.after if self.end else None

    @property
    def precision(self) -> Precision | None:
        """The coarser of its two dates."""
        given = [moment.precision for moment in (self.start, self.end) if moment]
        return max(given, key=PRECISIONS.index, default=None)

    @property
    def text(self) -> str:
        """Its dates as people write them: 2024年11月26日至2024年12月25日."""
        return "至".join(str(moment) for moment in (self.start, self.end) if moment) or "另行通知"

    def faults(self) -> Faults:
        needs_start, needs_end = _KIND_DATES[self.kind]
        if needs_start is not None and needs_start != (self.start is not None):
            yield "start", f"kind = {self.kind} 的节点{'必须写' if needs_start else '不写'} start"
        if needs_end is not None and needs_end != (self.end is not None):
            yield "end", f"kind = {self.kind} 的节点{'必须写' if needs_end else '不写'} end"
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            yield "end", f"结束（{self.end}）早于开始（{self.start}），请对调或改正"
        if self.opens and not self.start:
            yield "opens", "没有 start 的节点不能开启事项，请写上 start 或删去 opens"
        if self.closes and not self.end and self.kind != "open_ended":
            yield "closes", "没有 end 的节点不能截止事项，请写上 end 或删去 closes"


# kind → (start, end): required, forbidden, or either (None)
_KIND_DATES: dict[str, tuple[bool | None, bool | None]] = {
    "point": (True, False),
    "window": (True, True),
    "deadline": (False, True),
    "fuzzy": (True, None),
    "open_ended": (True, None),
    "tbd": (False, False),
}


@dataclass(frozen=True, kw_only=True)
class Season:
    """主题赛季: one theme stands for one industry field (G2); a theme with training names its category."""

    code: Code
    name: str
    kind: Literal["training", "points"]
    milestone: Annotated[str, Ref("milestones")]
    category: Annotated[str, Ref("categories")] | None = None
    industry: str = ""
    format: str = ""  # 线上共学
    contents: tuple[str, ...] = ()
    source: str


@dataclass(frozen=True, kw_only=True)
class Training:
    """培训 → 参选 (G5, Q9): who of those that trained goes on to the contest, decided per theme."""

    required: bool
    attendance_percent: Annotated[int, Range(1, 100)]
    organiser_may_pick: bool
    source: str


@dataclass(frozen=True, kw_only=True)
class ActivityType:
    """科技志愿服务范围: the vocabulary of service records (G46)."""

    code: Code
    name: str
    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Hashtag:
    """话题 as published; compare after NFKC, case folding and removal of spaces (G47, K5)."""

    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class MinorRule:
    """未成年人 (practice 7): whose guardian must consent, and when before anything else happens."""

    guardian_under: Age
    guardian_first_under: Age  # below this age nothing beyond the entry is processed without consent
    certificate_note: str
    source: str
