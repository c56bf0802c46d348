"""What an assignment is made from, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.problems import Problem

Pair = tuple[str, str]  # (work, judge)


@dataclass(frozen=True)
class Work:
    """A candidate to be judged."""

    code: str
    topics: frozenset[str] = frozenset()  # category, track, topics: whatever expertise is told in
    city: str = ""
    label: str = ""  # how messages name it; empty: 作品 <code>


@dataclass(frozen=True)
class Judge:
    """A judge of the round's panel."""

    code: str
    expertise: frozenset[str] = frozenset()  # empty: everything
    city: str = ""
    capacity: int | None = None  # most works; None: no limit
    label: str = ""


@dataclass(frozen=True)
class Request:
    """One assignment to be found."""

    works: tuple[Work, ...]
    judges: tuple[Judge, ...]
    per_work: int | None = 5  # None: the whole panel judges every work, conflicts apart (Q27)
    conflicts: Mapping[Pair, str] = field(default_factory=dict)  # forbidden pair → reason
    pinned: frozenset[Pair] = frozenset()  # must be; forbidden ones are a problem
    kept: frozenset[Pair] = frozenset()  # stand already: never taken away by a plan
    same_city: bool = False  # True: judges may judge works of their own city; False: only where nobody else can
    seed: int = 0
    connect: bool = True


@dataclass(frozen=True)
class Load:
    """One judge's share."""

    judge: str
    works: int
    added: int  # of them new in this plan
    outside: int  # works outside the judge's expertise
    same_city: int


@dataclass(frozen=True)
class Plan:
    """An assignment. With problems of level error it has no pairs beyond the kept ones and must not be published."""

    pairs: tuple[Pair, ...]  # all, sorted
    added: tuple[Pair, ...]  # beyond the kept ones
    loads: tuple[Load, ...]  # by judge code
    parts: int  # connected parts of the graph work – judge; 1: scores can be compared
    repaired: int  # pairs exchanged to connect the parts
    problems: tuple[Problem, ...] = ()

    @property
    def possible(self) -> bool:
        """True when it may be published."""
        return not any(problem.blocks for problem in self.problems)
