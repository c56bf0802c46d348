"""Contest time: the database's clock, plus an offset that demo and rehearsal may set.

The only source of "now" for anything the contest decides. Sessions, tokens and history keep real time.
"""

import time
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from .models import ClockOffset
from .prepared import Planned
from .problems import Problem, Refused

BEIJING = ZoneInfo("Asia/Shanghai")


def expression() -> str:
    """Contest time in SQL: `clock_timestamp()`, so that a long transaction does not stop it."""
    if settings.PRODUCTION:
        return "clock_timestamp()"
    return "clock_timestamp() + COALESCE((SELECT \"offset\" FROM core_clockoffset), '0')"


def now() -> datetime:
    """Contest time, Beijing."""
    with connection.cursor() as cursor:
        (moment,) = _asking(expression()).execute(cursor, []).fetchone()
    return moment.astimezone(BEIJING)


@cache
def _asking(moment: str) -> Planned:
    return Planned(f"SELECT {moment}")


def set_now(moment: datetime) -> None:
    """Let contest time run on from `moment`. Raises Refused in production."""
    if settings.PRODUCTION:
        raise Refused(Problem("clock.production", "正式环境不能改动时间"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (real,) = cursor.fetchone()
    ClockOffset.objects.update_or_create(id=True, defaults={"offset": moment - real})
    global _remembered
    _remembered = (0.0, timedelta())


_remembered = (0.0, timedelta())  # until when (monotonic), and the offset
_FRESH = 1.0  # seconds


def roughly_now() -> datetime:
    """Contest time without asking the database each time, for what is only told: an offset that somebody else sets
    is noticed within a second. What the contest decides asks `now`."""
    global _remembered
    if _remembered[0] < time.monotonic():
        _remembered = (time.monotonic() + _FRESH, offset())
    return (datetime.now(UTC) + _remembered[1]).astimezone(BEIJING)


def offset() -> timedelta:
    """Contest time minus real time; zero in production."""
    if settings.PRODUCTION:
        return timedelta()
    return ClockOffset.objects.values_list("offset", flat=True).first() or timedelta()
