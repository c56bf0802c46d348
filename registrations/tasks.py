"""What Celery runs for registrations: harmless when run twice."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks

from .services import reminders

EVERY = timedelta(minutes=10)


@shared_task
def remind() -> None:
    """Every 5 minutes by beat, each slot once: deadlines of recommending and of 补正 that come near."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("registrations.remind", EVERY):
            reminders.remind(clock.now())
