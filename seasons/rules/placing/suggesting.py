"""The suggestions as a flow of least cost.

In this order it wants: as many places filled as can be; whoever has fewer placements goes first; every need gets one
before any gets two; the own county before the rest of the city; whoever offered earlier. Never two on one day for an
entry, never more a month than it offered.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from .facts import ALL, Offered, Short, Suggested, Suggestion, Wanted, reasons

FAIR = 1_000_000  # each placement that the entry has already
EVEN = 100_000  # each place of the need that is filled already
FAR = 10_000  # the city, not the county; below it the order of the offers
NOBODY = "没有报名愿意去这个市县"
MOST_PAIRS = 100_000  # more are thinned out need by need, so that the flow stays quick

Grid = NDArray[np.bool_]


def suggest(needs: Sequence[Wanted], offers: Sequence[Offered]) -> Suggested:
    """See the package."""
    needs = sorted((need for need in needs if need.left > 0), key=lambda need: (need.day, need.key))
    offers = sorted(offers, key=lambda offer: (offer.since, offer.key))
    if not needs:
        return Suggested((), ())
    if not offers:
        return Suggested((), tuple(Short(need.key, need.left, NOBODY) for need in sorted(needs, key=_order)))
    steps = _steps(needs, offers)
    possible = np.logical_and.reduce([grid for _, grid in steps])
    near = _near(needs, offers)
    chosen = _flow(needs, offers, _thinned(needs, offers, possible, near), near)
    pairs = [Suggestion(needs[n].key, offers[o].key, reasons(needs[n], offers[o])) for n, o in chosen]
    filled = np.bincount([n for n, _ in chosen], minlength=len(needs))
    places = {need.key: _order(need) for need in needs}
    short = [
        Short(need.key, need.left - int(filled[n]), _why(n, steps))
        for n, need in enumerate(needs)
        if filled[n] < need.left
    ]
    return Suggested(
        tuple(sorted(pairs, key=lambda pair: (*places[pair.need], pair.offer))),
        tuple(sorted(short, key=lambda one: places[one.need])),
    )


def _order(need: Wanted) -> tuple[object, ...]:
    return need.city, need.county, need.topic, -(need.left + need.taken), need.day, need.key


def _steps(needs: Sequence[Wanted], offers: Sequence[Offered]) -> list[tuple[str, Grid]]:
    """needs × offers, one condition after the other; what `obstacles` says of one pair."""
    cities = _member([offer.regions for offer in offers], [need.city for need in needs])
    counties = _member([offer.regions for offer in offers], [need.county for need in needs])
    topics = _member([offer.topics for offer in offers], [need.topic for need in needs])
    free = np.array([[not need.topic] for need in needs]) | np.array([[not offer.topics for offer in offers]])
    weekdays = _member([offer.weekdays for offer in offers], [need.day.weekday() for need in needs])
    dates = _member([offer.dates for offer in offers], [need.day for need in needs])
    ages = _member([offer.ages for offer in offers], [need.age for need in needs])
    anyone = np.array([[need.age == ALL] for need in needs]) | np.array([[ALL in offer.ages for offer in offers]])
    heads = np.array([[need.heads] for need in needs]) <= np.array([[offer.heads for offer in offers]])
    booked = _member([offer.booked for offer in offers], [need.day for need in needs])
    full = _member(
        [{month for month, count in offer.months.items() if count >= offer.a_month} for offer in offers],
        [f"{need.day:%Y-%m}" for need in needs],
    )
    return [
        (NOBODY, cities | counties),
        ("愿意去的报名题材不符", topics | free),
        ("题材相符的报名这一天没有空", weekdays | dates),
        ("有空的报名不服务这类受众", ages | anyone),
        ("受众人数超出有空的报名所能", heads),
        ("合适的报名当天或当月已有别的安排", ~booked & ~full),
    ]


def _member(sets: Sequence[frozenset[object] | set[str] | frozenset[str] | frozenset[int] | frozenset[date]],
            wanted: Sequence[object]) -> Grid:  # fmt: skip
    """needs × offers: whether each offer's set holds what each need names."""
    kinds = {value: place for place, value in enumerate(dict.fromkeys(wanted))}
    holds = np.zeros((len(kinds), len(sets)), dtype=bool)
    for at, values in enumerate(sets):
        for value in values:
            if (place := kinds.get(value)) is not None:
                holds[place, at] = True
    return holds[[kinds[value] for value in wanted]]


def _near(needs: Sequence[Wanted], offers: Sequence[Offered]) -> Grid:
    counties = _member([offer.regions for offer in offers], [need.county for need in needs])
    return counties & np.array([[bool(need.county)] for need in needs])


def _thinned(needs: Sequence[Wanted], offers: Sequence[Offered], possible: Grid, near: Grid) -> Grid:
    """The same, or where everything goes with everything only each need's best: few placements, near, and of equals
    others for every need."""
    if np.count_nonzero(possible) <= MOST_PAIRS:
        return possible
    kept = np.zeros_like(possible)
    placed = np.array([offer.placed for offer in offers]) * 4
    many = max(1, MOST_PAIRS // len(needs))
    for n, need in enumerate(needs):
        found = np.flatnonzero(possible[n])
        turn = (found - n * many) % len(offers) / len(offers)
        order = np.argsort(placed[found] + ~near[n, found] + turn, kind="stable")
        kept[n, found[order[: max(many, 3 * need.left)]]] = True
    return kept


def _flow(needs: Sequence[Wanted], offers: Sequence[Offered], possible: Grid, near: Grid) -> list[tuple[int, int]]:
    """(need, offer) of the flow source → offer → its month → its day → need → sink."""
    n_at, o_at = np.nonzero(possible)
    if not len(n_at):
        return []
    days = {day: place for place, day in enumerate(sorted({need.day for need in needs}))}
    months = {month: place for place, month in enumerate(sorted({f"{day:%Y-%m}" for day in days}))}
    month_of_day = np.array([months[f"{day:%Y-%m}"] for day in days])
    day_of_need = np.array([days[need.day] for need in needs])
    slots, slot_of = np.unique(o_at * len(days) + day_of_need[n_at], return_inverse=True)  # (offer, day)
    of_slot = slots // len(days)
    lots, lot_of = np.unique(of_slot * len(months) + month_of_day[slots % len(days)], return_inverse=True)
    of_lot = lots // len(months)
    lot_at, slot_at = len(offers), len(offers) + len(lots)
    need_at = slot_at + len(slots)
    source, sink = need_at + len(needs), need_at + len(needs) + 1
    names = list(months)
    room = [max(0, offers[o].a_month - offers[o].months.get(names[m], 0)) for o, m in divmod_pairs(lots, len(months))]
    flow = min_cost_flow.SimpleMinCostFlow()

    def arcs(tail: object, head: object, capacity: object, cost: object) -> NDArray[np.int64]:
        tails, heads, capacities, costs = np.broadcast_arrays(
            np.asarray(tail, dtype=np.int64), np.asarray(head, dtype=np.int64),
            np.asarray(capacity, dtype=np.int64), np.asarray(cost, dtype=np.int64),
        )  # fmt: skip
        found: NDArray[np.int64] = flow.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32), capacities.copy(), costs.copy()
        )
        return found

    most = np.bincount(of_lot, weights=room, minlength=len(offers)).astype(int)
    most = np.minimum(most, np.bincount(of_slot, minlength=len(offers)))
    each = [(o, offers[o].placed + turn) for o in range(len(offers)) for turn in range(most[o])]
    arcs(source, [o for o, _ in each], 1, [FAIR * load for _, load in each])
    arcs(of_lot, lot_at + np.arange(len(lots)), room, 0)
    arcs(lot_at + lot_of, slot_at + np.arange(len(slots)), 1, 0)
    earlier = np.arange(len(offers)) * (FAR - 1) // max(1, len(offers))
    pairs = arcs(slot_at + slot_of, need_at + n_at, 1, earlier[o_at] + np.where(near[n_at, o_at], 0, FAR))
    ways = np.count_nonzero(possible, axis=1)
    places = [(n, need.taken + turn) for n, need in enumerate(needs) for turn in range(min(need.left, ways[n]))]
    arcs([need_at + n for n, _ in places], sink, 1, [EVEN * filled for _, filled in places])
    flow.set_node_supply(source, len(places))
    flow.set_node_supply(sink, -len(places))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    taken = flow.flows(pairs) > 0
    return list(zip(n_at[taken].tolist(), o_at[taken].tolist(), strict=True))


def divmod_pairs(codes: NDArray[np.int64], size: int) -> list[tuple[int, int]]:
    """(offer, month) of each code."""
    return list(zip((codes // size).tolist(), (codes % size).tolist(), strict=True))


def _why(n: int, steps: Sequence[tuple[str, Grid]]) -> str:
    """The first condition at which nobody is left; else others had them."""
    left = np.ones(steps[0][1].shape[1], dtype=bool)
    for words, grid in steps:
        left &= grid[n]
        if not left.any():
            return words
    return "合适的报名都安排到别处了"
