"""What must always hold of seasons."""

from collections.abc import Iterator

from core.audit.invariants import Finding, states_are_legal

from . import force_invariants, placing_invariants, point_invariants, training_invariants
from .models import Advance, Course, Season, Session

STATEFUL = (Season, Course, Session, Advance)


def invariants() -> Iterator[Finding]:
    """Every state is one that the tables of transitions allow."""
    for model in STATEFUL:
        yield states_are_legal(model)
    yield from training_invariants.invariants()
    yield from point_invariants.invariants()
    yield from force_invariants.invariants()
    yield from placing_invariants.invariants()
