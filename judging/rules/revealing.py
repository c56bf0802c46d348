"""揭晓: which prize comes when on the stage, the lowest first, as a contest's resolver does."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.problems import Problem


@dataclass(frozen=True)
class Prize:
    """等次 with the most places it has; None: as many as are left."""

    name: str
    places: int | None


@dataclass(frozen=True)
class Placed:
    """A ranked work."""

    work: str
    position: int  # counted from 1
    rank: int | None
    title: str = ""
    team: str = ""
    score: str = ""


@dataclass(frozen=True)
class Group:
    """The works of one prize, best first."""

    prize: str
    works: tuple[Placed, ...]


def groups_of(prizes: Sequence[Prize], ranked: Sequence[Placed]) -> list[Group]:
    """Works by prize, the highest prize first; works without a rank or beyond the last prize are not revealed."""
    left = [one for one in ranked if one.rank is not None]
    found = []
    for prize in prizes:
        taken = len(left) if prize.places is None else prize.places
        if left[:taken]:
            found.append(Group(prize.name, tuple(left[:taken])))
        left = left[taken:]
    return found


def shown_after(groups: Sequence[Group], steps: int) -> list[tuple[Group, int]]:
    """(group, how many of its works are revealed, counted from its end), highest first, after so many steps.

    A step reveals one work: the last of the lowest prize first, the winner last.
    """
    found = []
    for group in reversed(groups):
        shown = min(max(steps, 0), len(group.works))
        steps -= shown
        found.append((group, shown))
    return found[::-1]


def next_stop(groups: Sequence[Group], steps: int) -> int:
    """How many steps there are when the prize now being revealed is out."""
    stop = 0
    for group in reversed(groups):
        stop += len(group.works)
        if stop > steps:
            return stop
    return stop


def check_reveal(groups: Sequence[Group]) -> list[Problem]:
    """There is something to reveal, and no rank is shared across two prizes."""
    if not groups:
        return [Problem("reveal.nothing", "还没有封存的名次，封存评分后才能揭晓")]
    for higher, lower in pairwise(groups):
        if higher.works[-1].rank == lower.works[0].rank:
            said = f"{higher.prize}和{lower.prize}之间有同分作品，请先决定同分次序"
            return [Problem("reveal.tied", said)]
    return []
