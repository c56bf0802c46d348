"""The rulebook: one edition of a contest as one value. Its fields are the sections of an edition file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, TypeVar

from .awards import Award, CertificateKind, Certificates, Entitlement, Publicity
from .contest import (
    ActivityType,
    Category,
    Group,
    Hashtag,
    HonourTitle,
    Identity,
    Milestone,
    MinorRule,
    Organiser,
    Season,
    TeamRule,
    Track,
    Training,
)
from .dates import Window, window_of
from .faults import Undecided
from .judging import PointRule, PointsSeason, Round, Rubric, ThemePrize
from .kinds import Filled, Range
from .units import Entry, ForceRule, Form, Naming, Nomination, RecommendationRule, ReportDuty, UnitCategory
from .works import AIPolicy, Consent, Material, Retention

SCHEMA = 1  # the version of the file format that this code reads


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


Row = TypeVar("Row", bound=_Coded)


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All that an edition file says, checked and typed; see rules.md A7 for which rule lives where.

    Undecided points hold their default, so that every reader has a usable value; `undecided` lists them, and
    while it is not empty, results are not published.
    """

    schema: Annotated[int, Range(SCHEMA, SCHEMA)]
    adopted: tuple[str, ...] = ()  # questions whose defaults the organiser has adopted
    edition: Identity
    organisers: Annotated[tuple[Organiser, ...], Filled()]
    honours: tuple[HonourTitle, ...] = ()
    tracks: Annotated[tuple[Track, ...], Filled()]
    groups: tuple[Group, ...] = ()
    categories: Annotated[tuple[Category, ...], Filled()]
    milestones: Annotated[tuple[Milestone, ...], Filled()]
    naming: Naming | None = None
    unit_categories: Annotated[tuple[UnitCategory, ...], Filled()]
    forces: ForceRule | None = None
    forms: tuple[Form, ...] = ()
    recommendation: RecommendationRule
    nominations: tuple[Nomination, ...] = ()
    reports: tuple[ReportDuty, ...] = ()
    entry: Entry
    minors: MinorRule
    consents: tuple[Consent, ...] = ()
    retention: tuple[Retention, ...] = ()
    materials: tuple[Material, ...] = ()
    ai: AIPolicy
    seasons: tuple[Season, ...] = ()
    training: Training | None = None
    activity_types: tuple[ActivityType, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    rounds: Annotated[tuple[Round, ...], Filled()]
    points: PointsSeason | None = None
    awards: Annotated[tuple[Award, ...], Filled()]
    entitlements: tuple[Entitlement, ...] = ()
    publicity: Publicity
    certificates: Certificates | None = None

    undecided: tuple[Undecided, ...] = field(default=(), metadata={"derived": True})  # not a key of the file

    def track(self, code: str) -> Track:
        return _find(self.tracks, code)

    def group(self, code: str) -> Group:
        return _find(self.groups, code)

    def category(self, code: str) -> Category:
        return _find(self.categories, code)

    def milestone(self, code: str) -> Milestone:
        return _find(self.milestones, code)

    def unit_category(self, code: str) -> UnitCategory:
        return _find(self.unit_categories, code)

    def form(self, code: str) -> Form:
        return _find(self.forms, code)

    def season(self, code: str) -> Season:
        return _find(self.seasons, code)

    def consent(self, code: str) -> Consent:
        return _find(self.consents, code)

    def rubric(self, code: str) -> Rubric:
        return _find(self.rubrics, code)

    def round(self, code: str) -> Round:
        return _find(self.rounds, code)

    def award(self, code: str) -> Award:
        return _find(self.awards, code)

    def entitlement(self, code: str) -> Entitlement:
        return _find(self.entitlements, code)

    def certificate(self, code: str) -> CertificateKind:
        return _find(self.certificates.kinds if self.certificates else (), code)

    def window(self, action: str, category: str | None = None) -> Window:
        """When an action is allowed, as the file says; the edition's own tables may have newer dates."""
        return window_of(action, self.milestones, category)

    def organisers_as(self, *roles: str) -> tuple[str, ...]:
        """Names of the organisers in these roles, in order of rank; certificate issuers come from here (Q21)."""
        return tuple(o.name for o in self.organisers if o.role in roles)

    def team_rule(self, category: str) -> TeamRule:
        """How many people an entry in this category may have."""
        return self.category(category).team or self.entry.team

    def materials_for(self, category: str) -> tuple[Material, ...]:
        """What a work of this category consists of."""
        return tuple(m for m in self.materials if category in m.categories)

    def consents_of(self, who: str, at: str) -> tuple[Consent, ...]:
        """The texts put before these people at this step."""
        return tuple(c for c in self.consents if who in c.asked_of and at == c.at)

    def is_decided(self, question: str) -> bool:
        """Has the organiser settled this question of A6, by a value of their own or by adopting the default?"""
        return all(u.question != question for u in self.undecided)

    @property
    def point_rules(self) -> tuple[PointRule, ...]:
        """The published point rules; none while they are undecided, then the season is unpublished (G31a, Q14)."""
        open_paths = {u.path for u in self.undecided}
        return self.points.rules if self.points and "points.rules" not in open_paths else ()

    @property
    def theme_prizes(self) -> tuple[ThemePrize, ...]:
        """The prizes of every monthly theme; none while they are undecided (G31a, Q14)."""
        open_paths = {u.path for u in self.undecided}
        return self.points.prizes if self.points and "points.prizes" not in open_paths else ()

    @property
    def points_award(self) -> Award | None:
        """What the best of the points season receive (100 佳, G40); its count is where their list is cut."""
        return next((award for award in self.awards if award.kind == "points"), None)

    def prizes(self, award: str) -> int:
        """How many prizes an award has at most: 65 in each of three categories are 195 (G36)."""
        rule = self.award(award)
        lists = len(rule.categories) if "category" in rule.per else 1
        return sum(level.count or 0 for level in rule.levels) * lists or rule.count or 0

    def entitlement_value(self, code: str) -> int:
        """What an entitlement is worth in yuan if every prize is given: 72915 for the C licences (G39)."""
        rule = self.entitlement(code)
        counts = {level.code: level.count or 0 for level in self.award(rule.award).levels}
        return sum(counts[g.level] * (g.value_yuan or 0) for g in rule.grants) * len(rule.categories)


SECTION_LABELS: dict[str, str] = {
    "adopted": "已采纳的缺省",
    "edition": "届次",
    "organisers": "组织单位",
    "honours": "荣誉称号",
    "tracks": "赛道",
    "groups": "组别",
    "categories": "类别",
    "milestones": "赛程",
    "naming": "队伍命名",
    "unit_categories": "推荐单位与名额",
    "forces": "科技志愿服务队伍",
    "forms": "表格",
    "recommendation": "推荐报送",
    "nominations": "名单推荐",
    "reports": "活动总结",
    "entry": "报名",
    "minors": "未成年人",
    "consents": "告知与承诺",
    "retention": "数据保存期限",
    "materials": "作品材料",
    "ai": "AI 使用政策",
    "seasons": "主题赛季",
    "training": "培训与参选",
    "activity_types": "志愿服务类型",
    "hashtags": "话题",
    "rubrics": "评审标准",
    "rounds": "评审轮次",
    "points": "积分",
    "awards": "奖项",
    "entitlements": "奖励权益",
    "publicity": "公示",
    "certificates": "证书",
}


def _find(rows: Sequence[Row], code: str) -> Row:
    for row in rows:
        if row.code == code:
            return row
    raise KeyError(code)


Sections = dict[str, Any]  # the fields of a Rulebook that could be read, by name
