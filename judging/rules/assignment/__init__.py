"""Who judges what: min-cost flow over works × judges, kept pairs first, the overlap graph connected.

plan(Request(works, judges, per_work=5, …)) → Plan      pairs, loads, connectivity, and why not
"""

from .facts import Judge, Load, Pair, Plan, Request, Work

__all__ = ["Judge", "Load", "Pair", "Plan", "Request", "Work", "plan"]


def plan(request: Request) -> Plan:
    """The cheapest assignment; the same request, in whatever order, gives the same plan.

    When it cannot be done, `problems` say why and the plan holds only what stood before.
    """
    from . import planning  # with the solver, which only a worker needs

    return planning.plan(request)
