"""Work happens once: put in with its cause, claimed, leased, swept."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from celery import Celery
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from aisc_portal import celery_app
from core.accounts.models import User
from core.jobs import services
from core.jobs.models import Heartbeat, Job
from core.jobs.registry import Retry, handler, handlers
from core.jobs.services import claim, drain, enqueue, retry, run_one, sweep, wake_on_commit

KIND = "test.work"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def work() -> Iterator[Counter[str]]:
    """A handler that counts its runs by key; the key `bad` fails after writing a row."""
    runs: Counter[str] = Counter()

    @handler(KIND, max_attempts=3)
    def run(key: str, payload: dict[str, object]) -> None:
        runs[key] += 1
        Heartbeat.objects.create(name=f"{key}-{runs[key]}")
        if key == "bad":
            raise ValueError("坏了")
        if key == "later":
            raise Retry("对方忙", after=timedelta(hours=1))

    yield runs
    del handlers[KIND]


@pytest.fixture
def dead_redis() -> Iterator[None]:
    """Celery talks to a Redis that is not there."""
    app = Celery("dead", set_as_current=True)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url="redis://127.0.0.1:1/0")
    yield
    celery_app.set_current()
    services._quiet_until = 0.0


def queued(key: str, payload: dict[str, object] | None = None) -> Job:
    """Put work in; what became of it in the table."""
    enqueue(KIND, key, payload)
    return Job.objects.get(kind=KIND, key=key)


def ripen() -> None:
    """Let every waiting job be due, and every lease have run out."""
    Job.objects.filter(state="waiting").update(not_before=Now() - timedelta(seconds=1))
    Job.objects.filter(state="running").update(lease_until=Now() - timedelta(seconds=1))


def test_same_key_is_the_same_job(work):
    first, second = queued("1"), queued("1", {"other": True})
    assert (first.pk, drain(KIND), drain(KIND), queued("1").state) == (second.pk, 1, 0, "done")
    assert work == {"1": 1}


def test_a_job_goes_with_its_transaction(work):
    with transaction.atomic():
        enqueue(KIND, "1")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


def test_one_wake_up_for_many_jobs(work):
    with transaction.atomic():
        for key in "123":
            enqueue(KIND, key)
        assert len(connection.run_on_commit) == 1


def test_not_before_is_kept(work):
    enqueue(KIND, "1", not_before=_in(hours=1))
    assert drain(KIND) == 0


def test_a_failure_undoes_its_effect_and_is_put_back(work):
    job = queued("bad")
    assert run_one(KIND)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == ("waiting", 1, "ValueError: 坏了")
    assert (Heartbeat.objects.count(), run_one(KIND)) == (0, False)  # not due yet


def test_attempts_are_capped_and_staff_can_retry(work):
    job = queued("bad")
    for _ in range(5):
        ripen()
        drain(KIND)
    job.refresh_from_db()
    assert (job.state, job.attempts, work["bad"]) == ("dead", 3, 3)
    retry(job, by=User.objects.create_user("管理员", email="admin@example.org"))
    assert (job.state, drain(KIND)) == ("waiting", 1)


def test_retry_says_when(work):
    job = queued("later")
    drain(KIND)
    job.refresh_from_db()
    assert (job.state, job.last_error) == ("waiting", "对方忙")
    assert job.not_before > _in(minutes=59)


def test_workers_side_by_side_do_each_job_once(work):
    for key in range(60):
        enqueue(KIND, str(key))
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: in_thread(drain), range(6)))
    assert (sum(done), set(work.values()), len(work)) == (60, {1}, 60)


def test_the_end_of_one_is_noted_with_the_claim_of_the_next(work, django_assert_num_queries):
    del handlers[KIND]
    handler(KIND, atomic=False)(lambda key, payload: None)
    for key in "123":
        enqueue(KIND, key)
    with django_assert_num_queries(4):  # the last one finds nothing more to claim
        assert drain(KIND) == 3
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_whoever_lost_a_job_does_not_note_its_end(work):
    job = queued("1")
    slow = claim(KIND)
    ripen()
    quick = claim(KIND)
    assert claim(KIND, slow) is None
    job.refresh_from_db()
    assert (job.state, job.leased_by) == ("running", quick and quick.leased_by)


def test_without_skip_locked_and_claim_they_would_do_some_twice(work):
    """The twin: reading what is due and marking it afterwards does let two workers take the same job."""
    enqueue(KIND, "1")
    barrier = threading.Barrier(2)

    def naive(kind: str) -> int:
        job = Job.objects.due().get(kind=kind)
        barrier.wait()
        handlers[kind].run(job.key, job.payload)
        return Job.objects.filter(pk=job.pk).update(state="running")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: in_thread(naive), range(2)))
    assert work["1"] == 2


def test_a_slow_but_living_worker_keeps_its_job(work):
    started, go_on = threading.Event(), threading.Event()

    def slow(key: str, payload: dict[str, object]) -> None:
        started.set()
        go_on.wait(60)

    del handlers[KIND]
    handler(KIND, lease=timedelta(seconds=0))(slow)  # runs out at once
    enqueue(KIND, "1")
    thread = threading.Thread(target=in_thread, args=(run_one,))
    thread.start()
    started.wait(60)
    assert claim(KIND) is None
    go_on.set()
    thread.join()
    assert Job.objects.get().state == "done"


def test_a_job_whose_workers_die_is_given_up(work):
    job = queued("1")
    for _ in range(4):
        ripen()
        claimed = claim(KIND)
    job.refresh_from_db()
    assert (claimed, job.state, job.last_error) == (None, "dead", "执行它的进程多次中断")


def test_a_killed_worker_leaves_its_job_to_the_next(work):
    job = queued("1")
    script = f"""if 1:
        import django, time
        django.setup()
        from core.jobs.registry import handler
        from core.jobs.services import run_one
        from core.jobs.models import Heartbeat
        def run(key, payload):
            Heartbeat.objects.create(name="torn")
            print("started", flush=True)
            time.sleep(60)
        handler("{KIND}")(run)
        run_one("{KIND}")"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=os.environ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"started\n"
        worker.kill()
    wait_for_lock(job)
    job.refresh_from_db()
    assert (job.state, drain(KIND)) == ("running", 0)  # leased until the lease runs out
    ripen()
    assert (drain(KIND), list(Heartbeat.objects.values_list("name", flat=True))) == (1, ["1-1"])


def test_dead_redis_neither_breaks_nor_delays_a_commit_and_the_sweep_delivers(work, dead_redis, caplog):
    for key in "12345":
        with transaction.atomic():
            enqueue(KIND, key)
    assert [record.levelname for record in caplog.records] == ["WARNING"]  # tried once, then left in peace
    assert (sweep(), set(work.values()), len(work)) == ([KIND], {1}, 5)


def test_a_drain_whose_time_is_up_leaves_the_rest_to_whoever_it_wakes(work):
    for key in "123":
        enqueue(KIND, key)
    assert (drain(KIND, seconds=0), drain(KIND)) == (1, 2)


def test_without_redis_nobody_can_be_woken_so_a_drain_goes_on(work, dead_redis):
    for key in "123":
        enqueue(KIND, key)
    assert drain(KIND, seconds=0) == 3


def test_a_kind_that_nobody_handles_waits(work):
    enqueue("test.unknown", "1")
    wake_on_commit(KIND)
    assert (sweep(), Job.objects.get().state) == (["test.unknown"], "waiting")


def test_the_database_refuses_a_wrong_move(work):
    job = queued("1")
    with pytest.raises(Exception, match="Invalid transition"):
        Job.objects.filter(pk=job.pk).update(state="done")


def in_thread(function, *args):
    """Run in a thread with a database connection of its own."""
    try:
        return function(KIND, *args)
    finally:
        connection.close()


def wait_for_lock(job: Job) -> None:
    """Until Postgres has noticed that the killed worker is gone."""
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)


def _in(**ahead: float) -> datetime:
    return timezone.now() + timedelta(**ahead)
