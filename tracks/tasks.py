"""What Celery runs for tracks: harmless when run twice."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks

from . import announcement_services

EVERY = timedelta(hours=1)


@shared_task
def watch_codes() -> None:
    """Every 5 minutes by beat, each hour once: codes of customer groups that run out within a day."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("tracks.codes", EVERY):
            announcement_services.remind_of_codes(clock.now())
