"""What Celery runs: each is harmless when run twice."""

from datetime import timedelta

from celery import shared_task

from . import services, ticks


@shared_task
def drain(kind: str) -> int:
    """Run the due jobs of a kind."""
    return services.drain(kind)


@shared_task
def sweep() -> None:
    """Every 30 s by beat: show that a worker lives, then wake workers for whatever is due."""
    ticks.seen("worker")
    if ticks.take_slot("sweep", timedelta(seconds=30)):
        services.sweep()
    if ticks.take_slot("tidy", timedelta(days=1)):
        ticks.tidy()
