"""What must always hold, over all apps; `manage.py invariants` checks it."""

from collections.abc import Callable, Iterator

import awards.invariants
import core.api.invariants
import core.audit.invariants
import core.files.invariants
import core.jobs.invariants
import core.notices.invariants
import core.sealed.invariants
import judging.invariants
import registrations.invariants
import seasons.invariants
import tracks.invariants
from core.audit.invariants import Finding

EVERY_APP: tuple[Callable[[], Iterator[Finding]], ...] = (
    core.audit.invariants.invariants,
    core.api.invariants.invariants,
    core.files.invariants.invariants,
    core.jobs.invariants.invariants,
    core.notices.invariants.invariants,
    core.sealed.invariants.invariants,
    tracks.invariants.invariants,
    registrations.invariants.invariants,
    judging.invariants.invariants,
    seasons.invariants.invariants,
    awards.invariants.invariants,
)


def check() -> list[Finding]:
    """Every invariant with the things that break it; from left to right."""
    return [finding for invariants in EVERY_APP for finding in invariants()]
