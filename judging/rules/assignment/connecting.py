"""The overlap: judges' severities can be told apart only where works link the judges together."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from judging.rules.ranking.graph import groups_of

from .facts import Pair

LINKS_PERCENT = 5  # a part is tied to the rest by so many exchanges in 100 of its works; at least one
LOOK = 40  # pairs of each side that are looked at for one exchange

# What an exchange of judges between two works would cost; None: it must not be.
Price = Callable[[Pair, Pair], int | None]


def connect(pairs: Iterable[Pair], movable: Sequence[Pair], price: Price) -> tuple[frozenset[Pair], int]:
    """Let works of different parts exchange judges until all hang together: (pairs, how many were exchanged).

    An exchange leaves every load and every work's number of judges as they are. Only `movable` pairs are touched,
    those named first before others. Where nothing helps, the parts stay.
    """
    now, free, exchanged = set(pairs), list(movable), 0
    parts = groups_of(now)
    stuck: set[str] = set()  # first works of parts that cannot be tied
    while lone := [part for part in parts[1:] if part[0][0] not in stuck]:
        main, other = set(parts[0][0]), set(lone[-1][0])
        before, done = len(parts), 0
        for _ in range(max(1, -(-len(other) * LINKS_PERCENT // 100))):
            tied = _exchange(now, free, main, other, price, needed=before if not done else None)
            if not tied:
                break
            done += 1
            main.discard(tied[0][0])  # a work is exchanged once, so that the links spread
            other.discard(tied[1][0])
        if not done:
            stuck.add(lone[-1][0][0])
        exchanged += 2 * done
        parts = groups_of(now)
    return frozenset(now), exchanged


def _exchange(
    now: set[Pair], free: list[Pair], main: set[str], other: set[str], price: Price, needed: int | None
) -> tuple[Pair, Pair] | None:
    """Make the cheapest exchange between two parts, which has to lower the number of parts below `needed`."""
    here = [pair for pair in free if pair[0] in main][:LOOK]
    there = [pair for pair in free if pair[0] in other][:LOOK]
    offers = ((price(one, two), one, two) for one, two in product(here, there) if _new(now, one, two))
    for _, one, two in sorted(offer for offer in offers if offer[0] is not None):
        crossed = {(one[0], two[1]), (two[0], one[1])}
        now -= {one, two}
        now |= crossed
        if needed is None or len(groups_of(now)) < needed:
            free.remove(one)
            free.remove(two)
            return one, two
        now -= crossed
        now |= {one, two}
    return None


def _new(now: set[Pair], one: Pair, two: Pair) -> bool:
    return (one[0], two[1]) not in now and (two[0], one[1]) not in now
