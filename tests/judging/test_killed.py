"""SIGKILL in the middle of assigning and of freezing: nothing half-written, and a second try completes.

A table is held by its owner, so that the process stops at a known place with its work half done; there it is killed.
"""

import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.db.models import Model
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from bench._servers import serving
from core.jobs.models import Job
from core.jobs.services import drain_all
from core.notices.models import Notice
from judging import invariants
from judging.models import Judge, Plan, RankingRow, Recusal, Round, Snapshot
from judging.services import assigning, scoring
from judging.services import closing as closure
from tests.contest import load_guangdong
from tests.judging import build
from tests.registrations.racing import wait_for_waiting
from tests.registrations.staff import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def held(model: type[Model]) -> Iterator[None]:
    """Nobody else can write to its table meanwhile."""
    url = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    with closing(psycopg2.connect(url)) as owner, owner.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE MODE")
        yield


def killed_at(model: type[Model], *deed: str) -> None:
    """Run a deed in a process of its own; SIGKILL it when it is about to write to a table."""
    with held(model):
        child = subprocess.Popen([sys.executable, "-m", "tests.judging.deeds", *deed], cwd=ROOT)
        try:
            wait_for_waiting(1)
        finally:
            child.send_signal(signal.SIGKILL)
        assert child.wait(60) == -signal.SIGKILL
    wait_for_waiting(0)


def broken() -> list[str]:
    return [name for name, things in invariants.invariants() if things]


@pytest.fixture
def round_() -> Round:
    """Six works, six judges, one of whom works where an entrant does: a conflict that the computing will find."""
    review = build.round_of(load_guangdong())
    works = build.candidates(review, 6)
    for number in range(1, 7):
        build.judge(review, number, organisation=works[0].entry.organisation if number == 1 else "某大学")
    return review


def asked(round_: Round) -> Plan:
    return assigning.ask(round_, by=build.organiser(), seed=7)


def ready(round_: Round) -> Plan:
    plan = asked(round_)
    drain_all()
    plan.refresh_from_db()
    return plan


def scored(round_: Round) -> Round:
    """Distributed, opened, all but one sheet signed."""
    assigning.publish(ready(round_), by=build.organiser())
    build.opening.open_round(round_, by=build.organiser(), reason="测试")
    for seat in round_.judges.select_related("user"):
        for one in seat.assignments.select_related("judge__user", "round"):
            build.score(one, 70 + one.pk % 20)
    for seat in list(round_.judges.select_related("user"))[1:]:
        scoring.sign(seat, by=seat.user)
    return build.round_of(round_.edition)


def test_a_worker_killed_while_it_computes(round_: Round) -> None:
    """It stands between two of its steps; the lease runs out, and the next worker finds the same plan."""
    plan = asked(round_)
    killed_at(Recusal, "work", "judging.plan")
    plan.refresh_from_db()
    job = Job.objects.get(kind="judging.plan")
    assert (plan.state, plan.judges, Recusal.objects.count()) == ("queued", [], 0)
    assert (job.state, job.attempts) == ("running", 1)
    Job.objects.filter(pk=job.pk).update(lease_until=Now())
    drain_all()
    plan.refresh_from_db()
    job.refresh_from_db()
    assert (plan.state, len(plan.pairs), job.state, job.attempts) == ("ready", 30, "done", 2)
    assert (Recusal.objects.count(), broken()) == (1, [])
    first = plan.pairs
    assert ready(round_).pairs == first  # the same seed, undisturbed


def test_whoever_publishes_is_killed(round_: Round) -> None:
    """Assignments are written and notices are not: none of it stands."""
    plan = ready(round_)
    told = Notice.objects.count()
    killed_at(Notice, "publish", str(plan.pk))
    plan.refresh_from_db()
    assert (plan.state, round_.assignments.count(), Notice.objects.count()) == ("ready", 0, told)
    assert assigning.publish(plan, by=build.organiser()) == 30
    assert (Notice.objects.count() - told, broken()) == (len(set(plan.judges)), [])


def unfrozen(round_: Round) -> Judge:
    """The round is as before the lock: open, no snapshot, nothing held; a signature still goes in."""
    round_.refresh_from_db()
    assert (round_.state, round_.locked_at, Snapshot.objects.count(), RankingRow.objects.count()) == (
        "open",
        None,
        0,
        0,
    )
    late = round_.judges.exclude(assignments__sheet__state="signed").select_related("user").distinct().get()
    scoring.sign(late, by=late.user)
    return late


def test_whoever_freezes_is_killed(round_: Round) -> None:
    """The round is locked, the snapshot written, its rows are not: the round is open again, and scores go in."""
    round_ = scored(round_)
    killed_at(RankingRow, "lock", str(round_.pk))
    unfrozen(round_)
    snapshot = closure.lock_round(round_, by=build.organiser())
    assert (snapshot.number, snapshot.rows.count(), snapshot.sheets, broken()) == (1, 6, 30, [])


def test_the_server_that_freezes_is_killed(round_: Round) -> None:
    """gunicorn with all its processes, under the organiser's click; a new server does it."""
    round_ = scored(round_)
    staff = signed_in(build.organiser())
    path = reverse("admin:judging_round_lock", args=[round_.pk])
    with serving(WEB_WORKERS="1") as served, held(RankingRow), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(click, served.port, path, staff)
        wait_for_waiting(1)
        for pid in [served.pid, *served.workers]:
            os.kill(pid, signal.SIGKILL)
        assert answer.result(60) is None
    wait_for_waiting(0)
    unfrozen(round_)
    with serving(WEB_WORKERS="1") as served:
        assert click(served.port, path, staff) == 200
    round_.refresh_from_db()
    assert (round_.state, Snapshot.objects.get().sheets, broken()) == ("locked", 30, [])


def click(port: int, path: str, staff: Client) -> int | None:
    """The organiser's POST to a server in another process; the answer after redirects, None when the line broke."""
    token = "t" * 32
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        urllib.parse.urlencode({"csrfmiddlewaretoken": token, "reason": "到时间了"}).encode(),
        {"Cookie": f"session={staff.cookies['session'].value}; csrf={token}"},
    )
    with suppress(OSError), urllib.request.urlopen(asked, timeout=60) as answer:
        return int(answer.status)
    return None
