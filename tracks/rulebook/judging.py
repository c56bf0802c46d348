"""How works are scored, ranked and carried from round to round; how points are earned."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from .contest import Faults
from .kinds import Code, Count, Days, Filled, Range, Ref, SumsTo100, Weight


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One 评审要点; weights of a dimension's criteria add up to 100 within it."""

    code: Code
    name: str
    weight: Weight
    counts: bool = True  # false: scored and shown, left out of the total
    source: str


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One 评审维度; weights of a rubric's dimensions add up to 100."""

    code: Code
    name: str
    weight: Weight
    criteria: Annotated[tuple[Criterion, ...], Filled(), SumsTo100()]


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """评审标准 (G34): dimensions × criteria, weights exact fractions of 100 (Q12)."""

    code: Code
    name: str
    points_max: Annotated[int, Range(1, 1000)]  # the scale on which each criterion is scored
    dimensions: Annotated[tuple[Dimension, ...], Filled(), SumsTo100()]
    source: str

    def weights(self) -> Iterator[tuple[Criterion, Fraction]]:
        """Each criterion with its share of the whole 100, exactly: thirds of halves are 50/3."""
        for dimension in self.dimensions:
            for criterion in dimension.criteria:
                yield criterion, dimension.weight * criterion.weight / 100


@dataclass(frozen=True, kw_only=True)
class Panel:
    """评审团 and its share of a round's score (Q13)."""

    code: Code
    name: str
    kind: Literal["expert", "public"]
    weight: Weight
    ballots_min: Count | None = None  # fewer public ballots per running order: this panel's weight falls to 0 (Q29)
    identity: Literal["phone", "token"] | None = None  # one ballot per verified phone, or per single-use token


@dataclass(frozen=True, kw_only=True)
class Advance:
    """Who goes on (N26, Q9, Q19, Q26). Several rules of a round all apply; the order is the order of ranking."""

    kind: Literal["top", "percent", "leaderboard", "pass", "organiser"]
    categories: tuple[Annotated[str, Ref("categories")], ...] = ()  # empty: all of the round
    per: tuple[Literal["category", "track", "group", "region"], ...] = ()  # separately for each of these
    count: Count | None = None
    percent: Annotated[int, Range(1, 100)] | None = None
    rounding: Literal["half_up", "up", "down"] | None = None
    count_min: Count = 0
    overridable: bool = False  # the organiser may go beyond it with a reason
    purpose: str = ""
    quote: str = ""
    source: str

    def faults(self) -> Faults:
        if (self.kind == "top") != (self.count is not None):
            yield "count", "kind = top 时写 count，其他方式不写"
        if (self.kind == "percent") != (self.percent is not None):
            yield "percent", "kind = percent 时写 percent，其他方式不写"
        if (self.kind == "percent") != (self.rounding is not None):
            yield "rounding", "kind = percent 时写 rounding（half_up 四舍五入、up、down），其他方式不写"


@dataclass(frozen=True, kw_only=True)
class Round:
    """评审轮次 (G35, N9, N25): a chain, each round naming the one it follows."""

    code: Code
    name: str
    kind: Literal["qualification", "online_review", "roadshow", "leaderboard", "exhibition"]
    follows: Annotated[str, Ref("rounds")] | None = None
    level: Literal["province", "national"] = "province"
    categories: tuple[Annotated[str, Ref("categories")], ...] = ()  # empty: all
    milestone: Annotated[str, Ref("milestones")] | None = None  # None: the notice gives no date (G29e)
    rubric: Annotated[str, Ref("rubrics")] | None = None
    blind: bool = True
    judges_per_work: Count | None = None  # None: the whole panel (Q27)
    aggregation: Literal["mean", "trimmed_mean", "zscore", "severity_adjusted"] | None = None
    normalise_panels: bool = False  # bring each panel onto one scale before mixing (Q13)
    spread_threshold: Annotated[int, Range(1, 1000)] | None = None  # 极差 from which judges are asked to look again
    tie_chain: tuple[
        Annotated[str, Ref("rubrics.dimensions.criteria", also=("earlier_submission", "organiser"))], ...
    ] = ()
    panels: Annotated[tuple[Panel, ...], SumsTo100()] = ()
    advance: tuple[Advance, ...] = ()
    quote: str = ""
    source: str

    def faults(self) -> Faults:
        if self.kind in ("online_review", "roadshow") and not (self.rubric and self.panels and self.aggregation):
            yield "rubric", "评分轮次须写明 rubric、panels 和 aggregation"
        if self.follows == self.code:
            yield "follows", "轮次不能接在自己之后，请改为上一轮的代码"


@dataclass(frozen=True, kw_only=True)
class PointRule:
    """积分规则 (G31a): what one fact earns. `example` marks a value that no notice gave (Q14)."""

    code: Code
    name: str
    per: Literal["activity", "hour", "audience", "prize", "bonus"]
    points: Decimal
    audience_min: Count | None = None  # the band of 受众人数, inclusive
    audience_max: Count | None = None
    level: Code | None = None  # prize of a monthly theme
    month_cap: Count | None = None  # at most so many points a month from this rule
    evidence: str = ""
    example: bool = False

    def faults(self) -> Faults:
        if self.points < 0:
            yield "points", f"积分 {self.points} 为负，扣分请用冲正"
        if (self.per == "audience") != (self.audience_min is not None):
            yield "audience_min", "per = audience 时写 audience_min，其他规则不写"
        if self.audience_max is not None and (self.audience_min or 0) > self.audience_max:
            yield "audience_max", "人数分档的下限大于上限，请对调或改正"


@dataclass(frozen=True, kw_only=True)
class ThemePrize:
    """A prize of a monthly theme (G31): what it is called, how many. Ordered from the highest."""

    level: Code  # what a rule with `per = prize` names
    name: str
    count: Count | None = None  # None: from this one on the organiser decides
    example: bool = False


@dataclass(frozen=True, kw_only=True)
class PointsSeason:
    """N 主题积分赛季 (G31, Q14), for entries: the ladder is theirs, and entering is open to all (G18).

    While the rules are undecided the season shows “积分规则待公布”.
    """

    milestone: Annotated[str, Ref("milestones")]
    rubric: Annotated[str, Ref("rubrics")]
    monthly: bool
    split_team_points: bool
    tie_chain: tuple[Literal["earlier_attainment", "shared_rank", "organiser"], ...]
    hours_per_day_max: Annotated[int, Range(1, 24)]
    dispute_days: Days
    freeze_days: Days  # after the season's end, until the standings freeze
    proof_hours_min: Count  # verified hours from which a volunteer proof is given
    rules: tuple[PointRule, ...]
    prizes: tuple[ThemePrize, ...] = ()
    quote: str
    source: str

    def faults(self) -> Faults:
        paid = {rule.level for rule in self.rules if rule.per == "prize"}
        for number, prize in enumerate(self.prizes):
            if prize.level not in paid:
                yield (
                    f"prizes[{number}].level",
                    f"奖项“{prize.name}”没有对应的积分规则（per = prize, level = {prize.level}）",
                )
