"""R7: workers killed (-9) while they print: none lost, no number doubled, no file half; the batch completes."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from awards.invariants import invariants
from awards.models import Certificate, CertificateBatch
from awards.services import certificate_printing, certifying
from core import clock
from core.files.models import StoredFile
from core.jobs.models import Job
from core.jobs.services import drain, drain_all, enqueue
from core.states import move
from tests.awards import build as awards
from tests.awards.build import organiser
from tests.awards.certificates import build
from tests.judging.test_killed import held
from tests.registrations.racing import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    """Where this process and the workers keep what they print."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def running(count: int) -> CertificateBatch:
    """A batch with its rows and numbers, past the listing."""
    edition = awards.edition()
    batch = CertificateBatch.objects.create(
        edition=edition, kind="participation", issued_on=build.DAY, count=count, fingerprint="0" * 64,
        made_at=clock.now(), made_by=organiser(),
    )  # fmt: skip
    with transaction.atomic():
        move(batch, "start", run=1, started_at=clock.now())
        for place in range(1, count + 1):
            build.certificate(edition, f"王{chr(0x4E00 + place % 500)}", kind="participation", batch=batch, place=place)
        enqueue(certifying.PREPARE, f"{batch.pk}-1", {"batch": batch.pk, "run": 1})
    return batch


def worker(files: Path) -> subprocess.Popen[bytes]:
    """Somebody who prints until nothing is left."""
    deed = [sys.executable, "-m", "tests.judging.deeds", "work", certificate_printing.PRINT]
    return subprocess.Popen(deed, cwd=ROOT, env=os.environ | {"MEDIA_ROOT": str(files)})


def kill(one: subprocess.Popen[bytes]) -> None:
    one.send_signal(signal.SIGKILL)
    one.wait(30)


def forget_leases() -> None:
    """What killed workers held is due at once."""
    Job.objects.filter(state="running").update(lease_until=Now())


def check(batch: CertificateBatch, files: Path, count: int) -> None:
    """All there, once, whole."""
    batch.refresh_from_db()
    rows = list(Certificate.objects.filter(batch=batch).select_related("file"))
    printed = list((files / "certificates").rglob("*.pdf"))
    wrong = [path for path in printed if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]
    assert (batch.state, len(rows), len({row.number for row in rows}), len({row.file_id for row in rows})) == (
        "done", count, count, count,
    )  # fmt: skip
    assert (wrong, [name for name, found in invariants() if found]) == ([], [])


def test_a_worker_killed_between_a_file_and_its_row(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are there and nobody knows: the next worker finds them, and goes on."""
    monkeypatch.setattr(certificate_printing, "CHUNK", 2)
    batch = running(4)
    drain(certifying.PREPARE)
    with held(StoredFile):
        child = worker(files)
        wait_for_waiting(1)
        kill(child)
    wait_for_waiting(0)
    forget_leases()
    assert (Certificate.objects.printed().count(), len(list((files / "certificates").rglob("*.pdf")))) == (0, 1)
    drain_all()
    check(batch, files, 4)
    assert sorted(Job.objects.filter(kind=certificate_printing.PRINT).values_list("attempts", flat=True)) == [1, 2]


def test_kills_at_any_moment_lose_nothing(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers, killed once each has something to lose; fifty kills: `tests/delivery/test_batch_storm.py`."""
    monkeypatch.setattr(certificate_printing, "CHUNK", 2)
    batch = running(6)
    drain(certifying.PREPARE)
    pair = [worker(files), worker(files)]
    wait_for_work(pair)
    for one in pair:
        kill(one)
    forget_leases()
    drain_all()
    check(batch, files, 6)


def wait_for_work(pair: list[subprocess.Popen[bytes]]) -> None:
    """Until one of them has a job in its hands, or both found none; a child takes seconds to start."""
    end = time.monotonic() + 120
    while time.monotonic() < end and any(one.poll() is None for one in pair):
        if Job.objects.filter(state="running").exists():
            return
        time.sleep(0.1)
