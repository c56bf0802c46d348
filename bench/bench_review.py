"""The contact's list of 50 among 6,000 rows, the cockpit over them, and the 汇总表 of them all (peers.md:
list 1,261 ms, workbook 32,400 ms there)."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisc_portal import demo_data
from bench._servers import as_owner
from core import clock
from core.accounts.models import User
from registrations.models import Recommendation, RecommendationRow, UnitQuota
from tracks.models import Edition

ROWS, UNITS, RUNS = 6000, 240, 15
FIRST = 1000  # position of the first row made here; other benches leave drafts before it
NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"


def fill(edition: Edition) -> None:
    """6,000 submitted rows of 240 units on one track, straight into the tables; triggers count the places."""
    track = edition.tracks.get(code="worker")
    quotas = list(UnitQuota.objects.filter(edition=edition).order_by("pk")[:UNITS])
    share = -(-ROWS // len(quotas))
    UnitQuota.objects.filter(pk__in=[quota.pk for quota in quotas]).update(limit=F("taken") + share)
    forms = [Recommendation.objects.get_or_create(unit_id=q.unit_id, edition=edition)[0] for q in quotas]
    rows = [
        RecommendationRow(
            recommendation=forms[number // share],
            edition=edition,
            position=FIRST + number,
            name=f"{NAMES[number % 20]}{NAMES[number // 20 % 20]}{NAMES[number // 400 % 20]}",
            team_name=f"第{number}中学科技志愿服务分队",
            organisation="",
            phone=f"+8613800138{number % 1000:03d}",
            categories=["A", "B"],
            track=track,
        )
        for number in range(ROWS)
    ]
    RecommendationRow.objects.bulk_create(rows, batch_size=1000)
    for hours, form in enumerate(forms):  # a unit submits all its rows at once
        at = clock.now() - timedelta(hours=hours)
        form.rows.filter(state="draft", position__gte=FIRST).update(state="submitted", submitted_at=at)
    as_owner("VACUUM ANALYZE")


def timed(ask: Callable[[], Any], runs: int) -> tuple[float, int]:
    """Median milliseconds, and the queries of the last time."""
    times = []
    for _ in range(runs):
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            answer = ask()
            times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise AssertionError(answer.status_code)
    return statistics.median(times), len(queries)


def run() -> list[dict[str, Any]]:
    """Rows: milliseconds and queries of the list, the first page, one row, and the 汇总表."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    fill(edition)
    row = RecommendationRow.objects.filter(state="submitted").order_by("pk")[ROWS // 2]
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(email="worker@demo.test"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    boss, find = Client(headers={"host": "127.0.0.1"}), reverse("staff_search")
    boss.force_login(User.objects.get(email="organiser@demo.test"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    queue = reverse("admin:registrations_recommendationrow_changelist")
    review = reverse("admin:registrations_recommendationrow_change", args=[row.pk])
    summary = reverse("admin:registrations_recommendationrow_summary_page")
    track = edition.tracks.get(code="worker").pk
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages):
        client.get(queue)
        found = [
            ("contact's list, 50 of 6,000", timed(lambda: client.get(queue), RUNS), 150, 20),
            ("contact's first page", timed(lambda: client.get(reverse("admin:index")), RUNS), 150, 20),
            ("review of one row of 6,000", timed(lambda: client.get(review), RUNS), 150, 22),
            ("contact's cockpit, 6,000 rows", timed(lambda: client.get(reverse("cockpit")), RUNS), 150, 20),
            ("organiser's cockpit, 6,000 rows", timed(lambda: boss.get(reverse("cockpit")), RUNS), 150, 20),
            ("search of staff, 6,000 rows", timed(lambda: boss.get(f"{find}?q=王李"), RUNS), 150, 10),
            ("汇总表 of 6,000 rows", timed(lambda: client.post(summary, {"track": track}), 3), 3000, 10),
        ]
    return [
        figure
        for name, (ms, queries), most_ms, most in found
        for figure in (
            {"name": name, "value": round(ms, 1), "unit": "ms", "target": f"≤{most_ms}", "ok": ms <= most_ms},
            {"name": name, "value": queries, "unit": "queries", "target": f"≤{most}", "ok": queries <= most},
        )
    ]
