"""What the organiser's cockpit says of messages: how many arrived lately, which did not and why."""

from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import Now

from . import states
from .models import Notice

LATELY = timedelta(days=7)


def lately() -> dict[str, int]:
    """State → notices of the last seven days, by real time."""
    counted = Notice.objects.filter(created__gte=Now() - LATELY).order_by().values_list("state")
    return dict.fromkeys(states.NOTICE.labels, 0) | dict(counted.annotate(Count("pk")))
