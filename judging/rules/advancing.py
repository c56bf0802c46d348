"""Who goes on to the next round (N26, Q9, Q18, Q19, Q26), with a reason for every work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tracks.rulebook.judging import Advance


@dataclass(frozen=True)
class Standing:
    """A work of the round as the rule sees it."""

    work: str
    rank: int | None  # in the round's ranking, shared ranks equal; None: without score
    category: str = ""
    track: str = ""
    group: str = ""
    region: str = ""
    passed: bool = False  # 资格审核通过, for kind = pass; such works are the base of a percentage
    board: int | None = None  # place on the leaderboard, for kind = leaderboard


@dataclass(frozen=True)
class Verdict:
    """What one rule says of one work."""

    work: str
    outcome: Literal["in", "out", "open"]  # open: equal rank across the line; the organiser decides
    reason: str  # plain Chinese
    part: tuple[str, ...] = ()  # the values of `per`, in the rule's order


@dataclass(frozen=True)
class Line:
    """One list that a rule draws: how many of how many."""

    part: tuple[str, ...]
    base: int
    places: int | None  # None: no number (pass, leaderboard without count, organiser)
    taken: int
    open: tuple[str, ...] = ()  # works of equal rank across the line


@dataclass(frozen=True)
class Cut:
    """One rule applied: a verdict for every work it concerns, a line for every part."""

    verdicts: tuple[Verdict, ...]
    lines: tuple[Line, ...]


def apply_rule(rule: Advance, standings: Sequence[Standing], picks: Mapping[str, str] | None = None) -> Cut:
    """One rule. `picks`: work → the organiser's reason for taking it beyond the rule (overridable), across an open
    line, or at all (kind = organiser). Raises ValueError for a pick that the rule does not allow."""
    raise NotImplementedError


def advancing(rules: Sequence[Advance], standings: Sequence[Standing], picks: Mapping[str, str] | None = None) -> Cut:
    """All rules of a round together: a work goes on when every rule that concerns its category lets it."""
    raise NotImplementedError


@dataclass(frozen=True)
class Taken:
    """One step of interleaving."""

    work: str
    unit: str
    rank: int  # the unit's own priority, 1..n without gaps (N6)
    taken: bool
    reason: str


def interleave(lists: Mapping[str, Sequence[str]], cap: int) -> list[Taken]:
    """Q18: all first choices, then all second ones … until the cap; inside the last, partly admitted rank by unit
    code (the caller's keys, e.g. 国标 codes). Every unit's list is in its order of priority."""
    raise NotImplementedError
