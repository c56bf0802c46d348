"""How points come about (G31): from facts and the edition's rules to lines, each with the rule that made it.

The same facts under the same rules give the same lines. Python alone: the recompute bundle carries this file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)
NO_RULE = ""  # the code of the line that says that no rule applies
PLACES = 2  # of decimals that the ledger keeps

Spent = Mapping[tuple[str, str], Decimal]  # (month, rule) → what it has earned there so far


@dataclass(frozen=True)
class Rule:
    """One 积分规则 as the edition's file states it; see `tracks.rulebook.judging.PointRule`."""

    code: str
    name: str
    per: str  # activity, hour, audience, prize, bonus
    points: Decimal
    audience_min: int | None = None
    audience_max: int | None = None
    level: str | None = None
    month_cap: int | None = None


@dataclass(frozen=True)
class Fact:
    """What was approved, and by itself earns points. A team's fact counts once: its points are not split (Q14)."""

    key: int
    kind: str  # service, prize, bonus
    month: str  # 2025-03, Beijing
    earned_at: datetime  # when it came about, which decides ties; not when somebody found time to approve it
    minutes: int = 0  # of the activity, however many served in it
    audience: int = 0
    level: str = ""  # of a prize
    rule: str = ""  # of a bonus: the rule that the organiser names


@dataclass(frozen=True)
class Line:
    """What one fact earns by one rule. `points` count; `worth` is what they were before the month's cap."""

    fact: int
    rule: str
    month: str
    earned_at: datetime
    worth: Decimal
    points: Decimal
    said: str  # how it came about, for the passbook


def lines_of(facts: Iterable[Fact], rules: Iterable[Rule], spent: Spent) -> list[Line]:
    """The lines of one entry's facts, in the order given; every fact has at least one.

    spent: what stands in the ledger for the entry already; the caps go on from there.
    """
    used, rules = dict(spent), tuple(rules)
    found: list[Line] = []
    for fact in facts:
        worths = [(rule, found_worth) for rule in rules if (found_worth := _worth(fact, rule))]
        if not worths:
            found.append(Line(fact.key, NO_RULE, fact.month, fact.earned_at, ZERO, ZERO, "没有适用的规则，计 0 分"))
        for rule, (worth, said) in worths:
            before = used.get((fact.month, rule.code), ZERO)
            points, said = _capped(worth, said, rule, before)
            used[fact.month, rule.code] = before + points
            found.append(Line(fact.key, rule.code, fact.month, fact.earned_at, worth, points, said))
    return found


def _worth(fact: Fact, rule: Rule) -> tuple[Decimal, str] | None:
    """What a fact earns by a rule before any cap, and how; None where the rule is about something else."""
    match fact.kind, rule.per:
        case "service", "activity":
            return rule.points, f"{rule.name}，计 {plain(rule.points)} 分"
        case "service", "hour":
            hours = fact.minutes // 60
            return hours * rule.points, f"{rule.name}：{hours} 小时 × {plain(rule.points)} 分"
        case "service", "audience" if _in_band(fact.audience, rule):
            return rule.points, f"{rule.name}：受众 {fact.audience} 人，计 {plain(rule.points)} 分"
        case "prize", "prize" if fact.level == rule.level:
            return rule.points, f"{rule.name}，计 {plain(rule.points)} 分"
        case "bonus", "bonus" if fact.rule == rule.code:
            return rule.points, f"{rule.name}，计 {plain(rule.points)} 分"
    return None


def _in_band(audience: int, rule: Rule) -> bool:
    """Both ends belong to the band."""
    return audience >= (rule.audience_min or 0) and (rule.audience_max is None or audience <= rule.audience_max)


def _capped(worth: Decimal, said: str, rule: Rule, before: Decimal) -> tuple[Decimal, str]:
    """What of it still counts this month, and why not all of it."""
    if rule.month_cap is None or before + worth <= rule.month_cap:
        return worth, said
    left = max(rule.month_cap - before, ZERO)
    return left, f"{said}；本月此项上限 {rule.month_cap} 分，已计 {plain(before)} 分，这次计 {plain(left)} 分"


# --- When rules have changed ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posted:
    """A line that stands in the ledger: not reversed."""

    key: int
    fact: int
    rule: str
    points: Decimal


@dataclass(frozen=True)
class Change:
    """What would be different: a line to reverse, or one to write, or both."""

    fact: int
    rule: str
    old: Posted | None
    new: Line | None

    @property
    def points(self) -> Decimal:
        """By how much the entry's points would change."""
        return (self.new.points if self.new else ZERO) - (self.old.points if self.old else ZERO)


def difference(posted: Iterable[Posted], lines: Iterable[Line]) -> Iterator[Change]:
    """Where what stands is not what the rules now say. A line with the same points stays as it is."""
    stands = {(line.fact, line.rule): line for line in posted}
    wanted = {(line.fact, line.rule): line for line in lines}
    for fact, rule in sorted(stands.keys() | wanted.keys()):
        old, new = stands.get((fact, rule)), wanted.get((fact, rule))
        if old is None or new is None or old.points != new.points:
            yield Change(fact, rule, old, new)


def plain(points: Decimal) -> str:
    """`12.5`, `10`: without zeros at the end."""
    text = f"{points:.{PLACES}f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"
