"""Who could go where (供需匹配, G32): which offers fit which needs, and the organiser's suggestions. Pure.

obstacles(need, offer) → why not, in words         suggest(needs, offers) → Suggested: pairs, and what stays short
"""

from collections.abc import Sequence

from .facts import AGES, ALL, WEEKDAYS, Offered, Short, Suggested, Suggestion, Wanted, obstacles, reasons

__all__ = [
    "AGES",
    "ALL",
    "WEEKDAYS",
    "Offered",
    "Short",
    "Suggested",
    "Suggestion",
    "Wanted",
    "obstacles",
    "reasons",
    "suggest",
]


def suggest(needs: Sequence[Wanted], offers: Sequence[Offered]) -> Suggested:
    """The pairs of least cost, and what is left over; the same input, the same answer. A few seconds for 2,000 ×
    3,000."""
    from . import suggesting  # with the solver, which hardly any process needs

    return suggesting.suggest(needs, offers)
