"""What Celery and the queue of record run for seasons: harmless when run twice."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks
from core.jobs.registry import handler
from tracks.models import Edition

from .services import advancing, freezing, ladder, placing_terms, posting, prizing, training_reminders

EVERY = timedelta(minutes=5)


@shared_task
def train() -> None:
    """Every 5 minutes by beat, each slot once: sessions that come near, works that passed after the publication,
    prizes of themes whose ranking became public, placements that somebody must answer."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("seasons.train", EVERY):
            training_reminders.remind(clock.now())
            advancing.fill_pools()
            prizing.settle_first()
            placing_terms.sweep(clock.now())


@handler(posting.POST, label="积分入账", lease=timedelta(minutes=5))
def post(key: str, payload: dict[str, Any]) -> None:
    """Post whatever waits; while no rules are published, or the points are frozen, it goes on waiting."""
    edition = Edition.objects.get(pk=payload["edition"])
    if ladder.rules_of(edition) and ladder.ladder_of(edition).frozen_at is None:
        posting.post(edition)


@handler(freezing.SNAPSHOT, label="积分快照", lease=timedelta(minutes=15))
def snapshot(key: str, payload: dict[str, Any]) -> None:
    """Keep the standings as they were frozen."""
    freezing.take_snapshot(Edition.objects.get(pk=payload["edition"]), payload["number"])
