"""What must always hold of seasons."""

from collections.abc import Iterator

from core.audit.invariants import Finding, states_are_legal

from . import point_invariants
from .models import Season

STATEFUL = (Season,)


def invariants() -> Iterator[Finding]:
    """Every state is one that the tables of transitions allow."""
    for model in STATEFUL:
        yield states_are_legal(model)
    yield from point_invariants.invariants()
