"""What the organiser's cockpit says of the queue."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from . import states
from .models import Job


@dataclass(frozen=True)
class Queue:
    """Jobs that wait or run, the age of the oldest, and those given up."""

    waiting: int
    oldest: datetime | None
    dead: int
    of_kind: int  # of those that wait or run, the kind that was asked about


def queue(kind: str) -> Queue:
    """One statement."""
    waits = Q(state__in=(states.WAITING, states.RUNNING))
    found = Job.objects.aggregate(
        waiting=Count("pk", waits),
        oldest=Min("created", filter=waits),
        dead=Count("pk", Q(state=states.DEAD)),
        of_kind=Count("pk", waits & Q(kind=kind)),
    )
    return Queue(**found)
