"""What Celery runs: each is harmless when run twice."""

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_init, worker_ready
from django.db import connection

from core import idempotency
from core.accounts.sessions import SessionStore
from core.collecting import settle

from . import services, ticks

log = logging.getLogger(__name__)


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
        idempotency.tidy()
        SessionStore.clear_expired()


@worker_init.connect
def begin(**_: Any) -> None:
    """Before the pool's processes are forked, so that they share what is loaded."""
    settle()


@worker_ready.connect
def look_round(**_: Any) -> None:
    """A worker that starts looks at once for what the last one left."""
    try:
        ticks.seen("worker")
        services.sweep()
    except Exception:  # the database may still be starting; beat's sweep comes within 30 s
        log.exception("no first sweep")
    finally:
        connection.close()  # the pool's processes must not inherit it
