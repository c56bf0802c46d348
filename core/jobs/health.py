"""Is the portal well? Cheap questions, answers without secrets."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypedDict

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.models.functions import Now

from . import states
from .models import Job
from .ticks import silence

Status = Literal["ok", "degraded", "failing"]
ALARM = timedelta(minutes=2)  # R10: a silent beat is noticed within two minutes
LATE = timedelta(minutes=5)  # a due job that nobody has taken for so long
FREE_BYTES = 1 << 30


@dataclass(frozen=True)
class Answer:
    """failing: this process cannot serve. degraded: it serves, but somebody should look."""

    status: Status
    detail: str = ""


def database() -> Answer:
    """Postgres answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Answer("ok")


def storage() -> Answer:
    """Private files can be written, and there is room for them."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("healthz")
        return Answer("ok")
    folder = Path(default_storage.location)
    folder.mkdir(parents=True, exist_ok=True)
    return Answer("ok") if shutil.disk_usage(folder).free > FREE_BYTES else Answer("degraded", "less than 1 GiB free")


def broker() -> Answer:
    """Redis answers; without it everything works, only later (the sweep)."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5, retry=None)
    with client:
        client.ping()
    return Answer("ok")


def alive(name: str) -> Callable[[], Answer]:
    """Beat or a worker was seen lately."""

    def check() -> Answer:
        ago = silence(name)
        if ago is None:
            return Answer("degraded", "never seen")
        return Answer("ok" if ago < ALARM else "degraded", f"seen {ago.total_seconds():.0f} s ago")

    return check


def jobs() -> Answer:
    """Nothing lies about: no dead job, none overdue."""
    dead = Job.objects.filter(state=states.DEAD).count()
    late = Job.objects.filter(state=states.WAITING, not_before__lt=Now() - LATE).count()
    return Answer("degraded", f"{dead} dead, {late} late") if dead or late else Answer("ok")


# name → (question, what an exception means)
CHECKS: dict[str, tuple[Callable[[], Answer], Status]] = {
    "database": (database, "failing"),
    "storage": (storage, "failing"),
    "redis": (broker, "degraded"),
    "beat": (alive("beat"), "degraded"),
    "worker": (alive("worker"), "degraded"),
    "jobs": (jobs, "degraded"),
}


class Health(TypedDict):
    """The whole is as bad as its worst part; a part is {status, detail}."""

    status: Status
    checks: dict[str, dict[str, str]]


def examine() -> Health:
    """Ask everything."""
    answers: dict[str, Answer] = {}
    for name, (question, otherwise) in CHECKS.items():
        try:
            answers[name] = question()
        except Exception as error:  # any failure is an answer; its text may hold an address, so only its kind
            answers[name] = Answer(otherwise, type(error).__name__)
    found = {answer.status for answer in answers.values()}
    worst: Status = "failing" if "failing" in found else "degraded" if "degraded" in found else "ok"
    return {"status": worst, "checks": {name: asdict(answer) for name, answer in answers.items()}}
