"""回避: who may not judge what, and why. The same answer before assignment and at any time after."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Organisation:
    """A unit of the register, as far as a conflict asks: names it has or had, and what it belongs to."""

    key: str
    names: frozenset[str]  # full name, former names, team-name form
    parent: str = ""  # key of the organisation it is a branch of


@dataclass(frozen=True)
class Person:
    """Someone by name and phone key (never the phone itself)."""

    name: str
    phone: str = ""  # a key made from the phone; empty: unknown


@dataclass(frozen=True)
class JudgeFacts:
    """A judge as the rule sees it."""

    code: str
    person: Person
    organisations: frozenset[str] = frozenset()  # names as written: 工作单位, 兼职单位
    units: frozenset[str] = frozenset()  # keys of Organisation the judge is an officer of


@dataclass(frozen=True)
class EntryFacts:
    """A candidate as the rule sees it."""

    work: str
    organisations: frozenset[str] = frozenset()  # names as written: 参赛单位, 学校, members' organisations
    units: frozenset[str] = frozenset()  # keys of Organisation that recommended it
    members: tuple[Person, ...] = ()
    instructors: tuple[Person, ...] = ()
    guardians: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Declared:
    """A conflict that somebody declared."""

    judge: str
    work: str
    by: str = "judge"  # judge, contact
    reason: str = ""


@dataclass(frozen=True)
class Conflict:
    """One reason; for the organiser's eyes only."""

    judge: str
    work: str
    code: str  # organisation, branch, member, instructor, guardian, declared_judge, declared_contact
    reason: str  # plain Chinese


@dataclass(frozen=True)
class Register:
    """The organisations that the portal knows, made once for many questions."""

    organisations: tuple[Organisation, ...] = ()
    _by_name: dict[str, str] = field(init=False, repr=False, default_factory=dict)


def conflicts_of(
    judge: JudgeFacts, entry: EntryFacts, register: Register, declared: Sequence[Declared] = ()
) -> list[Conflict]:
    """Every reason why this judge may not judge this work; empty when none."""
    raise NotImplementedError


def all_conflicts(
    judges: Sequence[JudgeFacts], entries: Sequence[EntryFacts], register: Register, declared: Sequence[Declared] = ()
) -> list[Conflict]:
    """The same for all pairs, indexed: 125 judges × 3,000 works in well under a second."""
    raise NotImplementedError
