"""What Celery runs for awards: harmless when run twice."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks

from .services import publishing

EVERY = timedelta(minutes=5)


@shared_task
def close_windows() -> None:
    """Every 5 minutes by beat, each slot once: lists whose window is over and that nothing stands against are final."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("awards.final", EVERY):
            publishing.finalise_due(clock.now())
