"""`/metrics` for Prometheus: how the machine fares and how the contest stands, in numbers without names.

For a collector on this machine (loopback, not through the proxy) or one with a token of the scope `metrics`.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from ninja.errors import HttpError

from core import clock, request_counts
from core.files.models import Upload
from core.jobs.health import examine
from core.jobs.models import Heartbeat, Job
from core.notices.models import Notice
from registrations.entry_models import Entry
from registrations.models import RecommendationRow
from registrations.work_models import Work
from tracks.models import Edition

from .api.access import TooOften, admitted, too_often

TEXT = "text/plain; version=0.0.4; charset=utf-8"
SCOPE = "metrics"
Sample = tuple[dict[str, str], float]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The text; 401 without a token, unless the collector is on this machine."""
    if not is_local(request):
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        try:
            admitted(request, secret.strip() if scheme.lower() == "bearer" else "", SCOPE)
        except TooOften as refused:
            return too_often(refused)
        except HttpError as refused:
            answer = HttpResponse(str(refused), status=refused.status_code, content_type="text/plain; charset=utf-8")
            answer["WWW-Authenticate"] = "Bearer"
            return answer
    return HttpResponse("\n".join([*request_counts.lines(), *gauges(), ""]), content_type=TEXT)


def is_local(request: HttpRequest) -> bool:
    """Asked from this very machine, by nobody who came through a proxy."""
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and "X-Forwarded-For" not in request.headers


def gauges() -> Iterator[str]:
    """What the database and the disk say now."""
    for name, (said, ask) in GAUGES.items():
        yield f"# HELP {name} {said}"
        yield f"# TYPE {name} gauge"
        for labels, value in ask():
            told = ",".join(f'{key}="{word}"' for key, word in labels.items())
            yield f"{name}{{{told}}} {value:g}" if told else f"{name} {value:g}"


def _by_state(rows: Callable[[], QuerySet]) -> Callable[[], Iterable[Sample]]:
    def ask() -> Iterator[Sample]:
        for state, count in rows().order_by().values_list("state").annotate(n=Count("pk")).order_by("state"):
            yield {"state": state}, count

    return ask


def _health() -> Iterator[Sample]:
    worth = {"ok": 0, "degraded": 1, "failing": 2}
    for name, answer in examine()["checks"].items():
        yield {"check": name}, worth[answer["status"]]


def _heartbeats() -> Iterator[Sample]:
    for name, at in Heartbeat.objects.values_list("name", "at"):
        yield {"name": name}, (timezone.now() - at).total_seconds()


def _oldest_job() -> Iterator[Sample]:
    first = Job.objects.filter(state="waiting", not_before__lte=Now()).aggregate(at=Min("not_before"))["at"]
    yield {}, (timezone.now() - first).total_seconds() if first else 0


def _uploads() -> Iterator[Sample]:
    yield {}, Upload.objects.filter(state="open").count()


def _connections() -> Iterator[Sample]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1"
        )
        for state, count in cursor.fetchall():
            yield {"state": state}, count


def _disk() -> Iterator[Sample]:
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        yield {}, shutil.disk_usage(folder if folder.exists() else settings.BASE_DIR).free


def _deadlines() -> Iterator[Sample]:
    edition, now = Edition.objects.current(), clock.now()
    for one in edition.calendar if edition else ():
        if one.closes and one.ends_at and one.ends_at > now:
            yield {"milestone": one.code}, (one.ends_at - now).total_seconds()


GAUGES: dict[str, tuple[str, Callable[[], Iterable[Sample]]]] = {
    "portal_health": ("0 ok, 1 degraded, 2 failing, by check of /healthz.", _health),
    "portal_heartbeat_age_seconds": ("Since beat or a worker was last seen.", _heartbeats),
    "portal_jobs": ("Background jobs.", _by_state(Job.objects.all)),
    "portal_jobs_oldest_due_seconds": ("How long the oldest due job has waited.", _oldest_job),
    "portal_notices": ("Notices.", _by_state(Notice.objects.all)),
    "portal_uploads_open": ("Uploads on their way in.", _uploads),
    "portal_database_connections": ("Connections to this database.", _connections),
    "portal_disk_free_bytes": ("Where private files lie; absent for object storage.", _disk),
    "portal_rows": ("Recommended rows.", _by_state(RecommendationRow.objects.all)),
    "portal_entries": ("Entries.", _by_state(Entry.objects.all)),
    "portal_works": ("Works.", _by_state(Work.objects.all)),
    "portal_deadline_seconds": ("Until a date of the current edition closes something.", _deadlines),
}
