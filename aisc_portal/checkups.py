"""Checking every invariant on the living portal (数据自检): by the calendar and by a button, done by a worker."""

import time
import uuid
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from core.audit.invariants import Finding
from core.audit.models import Checkup
from core.jobs.models import Job
from core.jobs.registry import handler
from core.jobs.services import enqueue
from core.jobs.states import RUNNING, WAITING

from . import invariants

JOB = "portal.checkup"


def ask() -> bool:
    """Have a worker check everything. False where one is asked to already."""
    if is_asked():
        return False
    enqueue(JOB, uuid.uuid4().hex)
    return True


def is_asked() -> bool:
    """Whether a check waits or runs."""
    return Job.objects.filter(kind=JOB, state__in=(WAITING, RUNNING)).exists()


def run() -> Checkup:
    """Check everything now, as of one moment, and keep what was found."""
    began = time.monotonic()
    found = _findings()
    took = Decimal(time.monotonic() - began).quantize(Decimal("0.01"))
    return Checkup.objects.create(
        seconds=took, checks=[what[:200] for what, _ in found], broken=[len(things) for _, things in found]
    )


def _findings() -> list[Finding]:
    """As of one moment: what is written meanwhile would else look like a contradiction."""
    own = not connection.in_atomic_block
    with transaction.atomic():
        if own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return invariants.check()


@handler(JOB, label="数据自检", max_attempts=2, atomic=False)
def _run(key: str, payload: dict[str, Any]) -> None:
    run()
