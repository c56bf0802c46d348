"""Who stands where (Q14): more points first, then who had them earlier, then the same rank; the cut at 100."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .points import ZERO, plain


@dataclass(frozen=True)
class Standing:
    """An entry's points, and since when it has them."""

    entry: int
    points: Decimal
    attained_at: datetime


@dataclass(frozen=True)
class Place:
    """A standing with its rank; equal in both → the same rank."""

    rank: int
    standing: Standing


def places(standings: Iterable[Standing], *, before: int = 0) -> list[Place]:
    """Ranked: 1, 2, 2, 4. before: how many stand ahead of the first."""
    ordered = sorted(standings, key=lambda one: (-one.points, one.attained_at, one.entry))
    found: list[Place] = []
    for number, one in enumerate(ordered, before + 1):
        last = found[-1] if found else None
        same = last and (last.standing.points, last.standing.attained_at) == (one.points, one.attained_at)
        found.append(Place(last.rank if last and same else number, one))
    return found


def across_the_cut(ranked: Sequence[Place], top: int) -> list[Place]:
    """Those that share the rank on which the cut falls: the organiser decides among them. Empty when it falls clean."""
    if len(ranked) <= top or ranked[top - 1].rank != ranked[top].rank:
        return []
    return [place for place in ranked if place.rank == ranked[top].rank]


def gap(mine: Decimal, last: Decimal | None, rank: int | None, top: int) -> str:
    """“距第 100 名还差 12 分”, for the passbook. last: the points of the one at the cut; None: nobody is there."""
    if rank is not None and rank <= top:
        return f"已在前 {top} 名"
    if last is None:
        return f"前 {top} 名还没有满，有积分就能进"
    missing = last - mine
    return f"距第 {top} 名还差 {plain(missing)} 分" if missing > ZERO else f"与第 {top} 名同分，先得到这些分的排在前面"
