"""奖励权益 (G37–G39, G42): what the holders of prizes receive, in whose name, and whether it is granted or a chance."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """What one level receives."""

    level: str
    months: int | None = None
    value_yuan: int | None = None


@dataclass(frozen=True)
class Rule:
    """One entitlement of the edition."""

    code: str
    award: str
    holders: tuple[str, ...]  # person, team, organisation, instructor
    status: str  # granted, candidate: “有机会”
    categories: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()  # empty: whatever the level


@dataclass(frozen=True)
class Holder:
    """Who a prize is behind: the winner, or the unit they belong to."""

    kind: str
    name: str


@dataclass(frozen=True)
class Won:
    """One line of a final list."""

    line: int
    award: str
    level: str
    winner: Holder
    category: str = ""
    track: str = ""
    organisation: str = ""  # 所在组织单位


@dataclass(frozen=True)
class Due:
    """An entitlement that follows from a line. The value is counted once a prize, at its winner's: the unit uses the
    same licence."""

    rule: str
    line: int
    holder: Holder
    status: str
    months: int | None = None
    value_yuan: int | None = None


def due(rules: Iterable[Rule], won: Iterable[Won]) -> list[Due]:
    """Everything that follows, in the order of lines, then of rules."""
    rules = list(rules)
    return [one for line in won for rule in rules for one in _of(rule, line)]


def _of(rule: Rule, line: Won) -> list[Due]:
    if rule.award != line.award or not (_within(rule.categories, line.category) and _within(rule.tracks, line.track)):
        return []
    grant = next((grant for grant in rule.grants if grant.level == line.level), None)
    if rule.grants and grant is None:
        return []
    months, value = (grant.months, grant.value_yuan) if grant else (None, None)
    found = []
    if line.winner.kind in rule.holders:
        found.append(Due(rule.code, line.line, line.winner, rule.status, months, value))
    if "organisation" in rule.holders and line.winner.kind != "organisation" and line.organisation:
        found.append(Due(rule.code, line.line, Holder("organisation", line.organisation), rule.status, months, None))
    return found


def _within(wanted: tuple[str, ...], one: str) -> bool:
    return not wanted or one in wanted
