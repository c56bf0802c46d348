"""The min-cost flow: source → works → judges → sink, every further work of a judge dearer than the one before.

Costs are whole numbers in steps so far apart that the wishes rank strictly: no own city, then even loads, then
expertise, then the seed's dice.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

DICE = 64  # the seed's part of a pair's cost: 0 … 63
OUTSIDE = 1_000  # the work lies outside the judge's expertise
MILD = 200  # each work of load between one below and one above the average
UNEVEN = 100_000  # each further step away from it
OWN_CITY = 100_000_000
FORBIDDEN = -1

NEAR = 24  # loads this close to the average are told apart one by one, others in bundles
BUNDLE = 16

Grid = NDArray[np.int64]


def dice(works: int, judges: int, seed: int) -> Grid:
    """A number 0 … 63 for every pair, the same on every machine (splitmix64 of seed and pair)."""
    state = np.arange(1, works * judges + 1, dtype=np.uint64) + np.uint64((seed * 0x5851F42D4C957F2D) % 2**64)
    state *= np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state % np.uint64(DICE)).astype(np.int64).reshape(works, judges)


def assign(costs: Grid, wanted: Sequence[int], held: Sequence[int], room: Sequence[int]) -> NDArray[np.bool_]:
    """Pairs (works × judges) of least cost that give every work what it wants, or as much as there is.

    costs: per pair, FORBIDDEN where it must not be. held: works a judge has already. room: how many more it may get.
    """
    works, judges = costs.shape
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink = works + judges, works + judges + 1
    rows, columns = np.nonzero(costs != FORBIDDEN)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        rows.astype(np.int32),
        (columns + works).astype(np.int32),
        np.ones(len(rows), dtype=np.int64),
        costs[rows, columns],
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(works, source, dtype=np.int32),
        np.arange(works, dtype=np.int32),
        np.asarray(wanted, dtype=np.int64),
        np.zeros(works, dtype=np.int64),
    )
    average = (sum(wanted) + sum(held)) // max(judges, 1)
    for judge in range(judges):
        for count, cost in _steps(held[judge], held[judge] + min(room[judge], works), average):
            flow.add_arc_with_capacity_and_unit_cost(works + judge, sink, count, cost)
    flow.set_node_supply(source, sum(wanted))
    flow.set_node_supply(sink, -sum(wanted))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    found = np.zeros((works, judges), dtype=bool)
    found[rows, columns] = flow.flows(pairs) > 0
    return found


def _steps(start: int, end: int, average: int) -> list[tuple[int, int]]:
    """(how many works, what each costs) for a judge whose load goes from `start` up to `end`: never cheaper later."""
    steps = []
    load = start
    while load < end:
        size = 1 if abs(load - average) <= NEAR else BUNDLE
        if load < average - NEAR:  # a bundle ends where single steps begin
            size = min(size, average - NEAR - load)
        size = min(size, end - load)
        steps.append((size, _cost(load + 1 - average)))
        load += size
    return steps


def _cost(beyond: int) -> int:
    """Of the work that brings a judge to so many beyond the average (rounded down): 119, 120, 121 lie mildly apart."""
    if beyond < 0:
        return UNEVEN * beyond
    return MILD * (beyond + 1) if beyond <= 1 else UNEVEN * beyond
