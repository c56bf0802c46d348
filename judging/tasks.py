"""What Celery and the queue of record run for judging: harmless when run twice."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import transaction

from core.jobs import ticks
from core.jobs.registry import handler

from .models import Plan, Round
from .services import assigning, pool, recusing

EVERY = timedelta(minutes=10)


@handler("judging.plan", label="计算评委分配", lease=timedelta(minutes=5), max_attempts=4, atomic=False)
def plan(key: str, payload: dict[str, Any]) -> None:
    """Work out one distribution; progress is committed on the way."""
    assigning.work_out(Plan.objects.select_related("round__category").get(pk=key))


@handler("judging.refill", label="回避后另派评委", lease=timedelta(minutes=5), max_attempts=4, atomic=False)
def refill(key: str, payload: dict[str, Any]) -> None:
    """Give what lacks judges to others."""
    assigning.refill(Round.objects.select_related("category", "edition").get(pk=payload["round"]))


@shared_task
def watch() -> None:
    """Every 5 minutes by beat, each slot once: works that left the contest, conflicts that came up since."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("judging.watch", EVERY):
            pool.follow_works()
            for round_ in Round.objects.filter(state="open").select_related("category", "edition"):
                recusing.find(round_)
