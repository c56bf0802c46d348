"""Periodic work: beat may fire twice or late, a slot is taken once; and who was last seen alive."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models.functions import Now

from core.clock import BEIJING

from .models import Heartbeat, Tick

BEGINNING = datetime(2000, 1, 1, tzinfo=BEIJING)  # slots of a day begin at midnight in Beijing
KEEP = timedelta(days=30)


def take_slot(task: str, every: timedelta) -> bool:
    """True for the first caller in this slot of real time, whoever else asks.

    Inside a transaction the slot is taken together with the effect: if the worker dies, the next firing does it. So
    let beat fire more often than `every`, and a missed firing is made up for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
        slot = BEGINNING + (moment - BEGINNING) // every * every
        cursor.execute("INSERT INTO jobs_tick (task, slot) VALUES (%s, %s) ON CONFLICT DO NOTHING", [task, slot])
        return bool(cursor.rowcount)


def tidy() -> None:
    """Forget slots long past. Jobs stay: their keys are what keeps work from being done twice."""
    Tick.objects.filter(slot__lt=Now() - KEEP).delete()


def seen(name: str) -> None:
    """Note that `name` (beat, worker) is alive."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def silence(name: str) -> timedelta | None:
    """How long ago `name` was last seen alive, by the database's clock; None when never."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - at FROM jobs_heartbeat WHERE name = %s", [name])
        row = cursor.fetchone()
    return row[0] if row else None
