"""What Celery runs for seasons: harmless when run twice."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks

from .services import advancing, training_reminders

EVERY = timedelta(minutes=5)


@shared_task
def train() -> None:
    """Every 2 minutes by beat, each slot once: sessions that come near, works that passed after the publication."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("seasons.train", EVERY):
            training_reminders.remind(clock.now())
            advancing.fill_pools()
