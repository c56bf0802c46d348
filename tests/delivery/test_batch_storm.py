"""R7 as on a server: a real worker prints a batch and is killed (-9) again and again; Redis goes twice."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from awards.models import Certificate, CertificateBatch
from awards.services import certificate_printing
from core.jobs.models import Job
from core.jobs.services import sweep
from tests.awards.certificates.test_killed_batches import check, running
from tests.delivery.breaking import Breakable, Processes

NUDGE = 3  # seconds after which the sweep comes again; the beat's own comes every 30


def env_of(servers: Breakable, files: Path) -> dict[str, str]:
    """What the worker is told: these servers, these files, no mail server."""
    return {
        "DATABASE_URL": servers.address, "REDIS_URL": servers.redis_url(), "MEDIA_ROOT": str(files),
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "DJANGO_SETTINGS_MODULE": "aisc_portal.settings", "PYPINYIN_NO_PHRASES": "true",
    }  # fmt: skip


def until(done: Callable[[], Any], processes: Processes, seconds: float = 120) -> None:
    """Wait, sweeping as the beat does. Raises TimeoutError with the worker's log."""
    end, swept = time.monotonic() + seconds, 0.0
    while not done():
        if time.monotonic() > end or processes.fallen():
            states = Job.objects.values_list("kind", "state", "attempts", "last_error")
            raise TimeoutError(f"{processes.log()}\n{list(states)[:20]}")
        if time.monotonic() > swept + NUDGE:
            sweep()
            swept = time.monotonic()
        time.sleep(0.05)


def in_hand() -> bool:
    """Whether a certificate is being printed, or all are."""
    mine = Job.objects.filter(kind=certificate_printing.PRINT)
    return mine.filter(state="running").exists() or (mine.exists() and not mine.exclude(state="done").exists())


def printed_more_than(before: int) -> Callable[[], bool]:
    """Whether more than so many are there."""
    return lambda: Certificate.objects.printed().count() > before


def kill(processes: Processes) -> bool:
    """SIGKILL to the worker and its pool; whether it held a job. What it held is due at once."""
    processes.kill("worker")
    return Job.objects.filter(state="running").update(lease_until=Now()) > 0


@pytest.mark.soak
def test_a_batch_ends_whole_whatever_breaks(
    own: Breakable, soak: bool, settings: Any, tmp_path: Path, capsys: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    count, kills = (2000, 50) if soak else (3, 1)
    chance, hit, batch = random.Random(7), 0, running(count)
    with Processes(own.base, env_of(own, tmp_path)) as processes:
        for number in range(kills):
            processes.start("worker")
            before = Certificate.objects.printed().count()
            until(in_hand, processes)
            if soak and number % 3 == 0:  # it gets somewhere; the others die before or after they did
                until(printed_more_than(min(before, count - 1)), processes)
            time.sleep(chance.uniform(0, 1.5) if soak else 0)
            hit += kill(processes)
            if number in (kills // 3, kills * 2 // 3):
                own.wipe_redis()  # with whatever was waiting in it
                own.start_redis()
        processes.start("worker")
        until(lambda: CertificateBatch.objects.get(pk=batch.pk).state == "done", processes, 300)
        until(lambda: not Job.objects.exclude(state="done").exists(), processes, 300)
    check(batch, tmp_path, count)
    if soak:
        with capsys.disabled():
            print(
                f"{count} certificates, {kills} kills ({hit} while printing), Redis lost twice: all there, once, whole"
            )
