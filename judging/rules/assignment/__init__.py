"""Who judges what: min-cost flow over works × judges, kept pairs first, the overlap graph connected.

plan(Request(works, judges, per_work=5, …)) → Plan      pairs, loads, connectivity, and why not
"""

from .facts import Judge, Load, Pair, Plan, Request, Work
from .planning import plan

__all__ = ["Judge", "Load", "Pair", "Plan", "Request", "Work", "plan"]
