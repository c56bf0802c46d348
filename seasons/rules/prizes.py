"""Who gets which prize of a monthly theme (G31): the public ranking against the edition's table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.problems import Problem


@dataclass(frozen=True)
class Prize:
    """One kind of prize, the highest first."""

    level: str
    name: str
    count: int | None  # None: from this one on the organiser decides


@dataclass(frozen=True)
class Place:
    """A record's place in the ranking."""

    entry: int
    label: str  # T-0012
    rank: int | None  # None: no score


@dataclass(frozen=True)
class Winner:
    """What an entry gets, for its best record."""

    entry: int
    level: str
    name: str
    place: Place


def winners(places: Iterable[Place], table: Sequence[Prize]) -> tuple[list[Winner], list[Problem]]:
    """The prizes in order, one an entry; and where equal places lie across a line, that the organiser must order them.

    Counts are at most (Q23): fewer records, fewer prizes. With a problem nothing is to be granted.
    """
    best: dict[int, Place] = {}
    for place in sorted((p for p in places if p.rank is not None), key=lambda p: (p.rank or 0, p.label)):
        best.setdefault(place.entry, place)
    waiting, found = list(best.values()), list[Winner]()
    for prize in table:
        if prize.count is None:
            break
        taken, waiting = waiting[: prize.count], waiting[prize.count :]
        if taken and waiting and taken[-1].rank == waiting[0].rank:
            tied = [p.label for p in (*taken, *waiting) if p.rank == waiting[0].rank]
            at = f"{'、'.join(tied)} 并列第 {waiting[0].rank} 名，{prize.name}只有 {prize.count} 个"
            words = f"{at}。请先在评审轮次里决定同分次序"
            return [], [Problem("prize.tied", words)]
        found += [Winner(place.entry, prize.level, prize.name, place) for place in taken]
    return found, []


@dataclass(frozen=True)
class Standing:
    """A prize as it stands: granted from an earlier ranking."""

    fact: int
    entry: int
    level: str


@dataclass(frozen=True)
class Change:
    """What would be different for one entry: a prize to take back, one to grant, or both."""

    entry: int
    old: Standing | None
    new: Winner | None


def difference(standing: Iterable[Standing], wanted: Iterable[Winner], by_hand: Iterable[int] = ()) -> list[Change]:
    """Where what stands is not what the ranking now says; an entry's prize stays while its level does.

    by_hand: entries that have a prize of the theme from the organiser's own hand; those stand.
    """
    old, new, apart = {one.entry: one for one in standing}, {one.entry: one for one in wanted}, set(by_hand)
    found = []
    for entry in sorted((old.keys() | new.keys()) - apart):
        had, gets = old.get(entry), new.get(entry)
        if had is None or gets is None or had.level != gets.level:
            found.append(Change(entry, had, gets))
    return found
