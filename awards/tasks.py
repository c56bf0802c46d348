"""What Celery runs for awards: harmless when run twice."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks
from core.jobs.registry import handler

from .services import certificate_printing, certifying, publishing, reprinting

EVERY = timedelta(minutes=5)


@shared_task
def close_windows() -> None:
    """Every 5 minutes by beat, each slot once: lists whose window is over and that nothing stands against are final."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("awards.final", EVERY):
            publishing.finalise_due(clock.now())


@handler(certifying.PREPARE, label="准备证书批次", lease=timedelta(minutes=6))
def prepare(key: str, payload: dict[str, Any]) -> None:
    """Cut a batch's fonts, hand out its rows."""
    certificate_printing.prepare(payload["batch"], payload["run"])


# The row's lock keeps a slow worker's job its own; the lease is only how long a killed one's is left alone.
@handler(certificate_printing.PRINT, label="制作证书", lease=timedelta(seconds=20), max_attempts=30)
def print_some(key: str, payload: dict[str, Any]) -> None:
    """Print a few certificates of a batch."""
    certificate_printing.print_some(payload["batch"], payload["run"], payload["first"], payload["last"])


@handler(certifying.GATHER, label="汇总证书批次", lease=timedelta(minutes=20))
def gather(key: str, payload: dict[str, Any]) -> None:
    """Merge, pack and list a batch."""
    certificate_printing.gather(payload["batch"])


@handler(reprinting.REPRINT, label="重印证书", lease=timedelta(minutes=2))
def print_one(key: str, payload: dict[str, Any]) -> None:
    """Print one certificate that came by itself."""
    reprinting.print_one(payload["certificate"])
