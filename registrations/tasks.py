"""What Celery runs for registrations: harmless when run twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks
from core.jobs.registry import handler

from .services import arrivals, examining, reminders, work_files, work_reminders

EVERY = timedelta(minutes=10)
FOR_A_WEEK = 2016  # times five minutes


@shared_task
def remind() -> None:
    """Every 5 minutes by beat, each slot once: deadlines of recommending, of 补正 and of works that come near, and what
    arrived for the contacts."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("registrations.remind", EVERY):
            now = clock.now()
            for one in (reminders, work_reminders, arrivals):
                one.remind(now)


@handler(work_files.PREVIEW, label="检查作品文件", atomic=False, lease=timedelta(minutes=15), max_attempts=FOR_A_WEEK)
def preview(key: str, payload: dict[str, Any]) -> None:
    """Check a work's file, then have its previews made; one that the scanner cannot judge yet is asked for again."""
    work_files.preview(UUID(payload["file"]))


@handler(examining.EXAMINE, label="查重与身份检查", lease=timedelta(minutes=10))
def examine(key: str, payload: dict[str, Any]) -> None:
    """Read a version's files and search them for names."""
    examining.examine(payload["version"], payload["round"])


@handler(examining.COMPARE, label="作品比对", lease=timedelta(minutes=10))
def compare(key: str, payload: dict[str, Any]) -> None:
    """Compare a version with the works of all editions."""
    examining.compare_version(payload["version"])
