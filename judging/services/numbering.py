"""Blind numbers and the order in which a judge meets works: drawn at random, so that they tell nothing."""

import secrets
from collections.abc import Collection, Sequence
from itertools import islice

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
PICK = secrets.SystemRandom()


def codes(count: int, taken: Collection[str] = ()) -> list[str]:
    """New numbers of one judge's series: “K7-042”. taken: those the judge has; they give the series.

    With more works than a series holds, another one begins.
    """
    used, series, found = set(taken), _series(taken), list[str]()
    while len(found) < count:
        free = [f"{series}-{number:03}" for number in PICK.sample(range(1, 1000), 999)]
        found += islice((code for code in free if code not in used), count - len(found))
        series = _series()
    return found


def order(works: Sequence[int], anchors: Collection[int] = ()) -> list[int]:
    """Anchors first, in one order for all judges; the rest shuffled for each."""
    rest = [work for work in works if work not in anchors]
    PICK.shuffle(rest)
    return [*sorted(work for work in works if work in anchors), *rest]


def _series(taken: Collection[str] = ()) -> str:
    for code in taken:
        return code.split("-")[0]
    return PICK.choice(LETTERS) + PICK.choice(DIGITS)
