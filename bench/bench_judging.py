"""Judging at the size of peers.md: 1,800 works, 50 judges, 9,000 assignments and sheets."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisc_portal import demo_data
from bench._servers import as_owner
from core import clock
from core.accounts.models import User
from judging.models import Assignment, Candidate, Judge, Round, ScoreMark, ScoreSheet
from judging.services import assigning, closing, monitoring, scoring
from registrations.services import entering
from tracks.models import Edition

WORKS, JUDGES, EACH, RUNS = 1800, 50, 5, 15
BESIDE = 100  # numbers after those of the demo's own few


def fill(edition: Edition) -> tuple[Round, list[Judge], list[Candidate]]:
    """A round with works of one entry and judges, straight into the tables."""
    round_ = Round.objects.select_related("category", "edition", "track").get(
        edition=edition,
        code="review",
        category__code="A",  # the demo's others are decided
    )
    author = User.objects.create_user("作者", email="bench-author@example.test")
    track = edition.tracks.all()[0]
    values = {"kind": "individual", "organisation": "示例中学", "categories": ["A"], "track": track}
    entry = entering.make_entry(edition, values, representative=author)
    now, panel = clock.now(), round_.panels.get(kind="expert")
    works = Candidate.objects.bulk_create(
        Candidate(round=round_, entry=entry, key=f"bench-{n}", number=BESIDE + n, title=f"作品{n}", added_at=now)
        for n in range(1, WORKS + 1)
    )
    users = [User.objects.create_user(f"专家{n}", email=f"bench-judge{n}@example.test") for n in range(JUDGES)]
    judges = [
        Judge.objects.create(round=round_, panel=panel, user=user, number=BESIDE + n, joined_at=now)
        for n, user in enumerate(users, 1)
    ]
    return round_, judges, works


def sheets_of(round_: Round, assignments: list[Assignment]) -> None:
    """A complete draft for every assignment, then all of them submitted and signed."""
    now, criteria = clock.now(), list(round_.criteria.all())
    made = ScoreSheet.objects.bulk_create(
        [
            ScoreSheet(assignment=a, round=round_, total=Decimal(60 + n * 7 % 40), saved_at=now)
            for n, a in enumerate(assignments)
        ],
        batch_size=3000,
    )
    ScoreMark.objects.bulk_create(
        [ScoreMark(sheet=sheet, criterion=c, points=sheet.total or 0) for sheet in made for c in criteria],
        batch_size=5000,
    )
    ours = ScoreSheet.objects.filter(assignment__in=assignments)
    ours.update(state="submitted")
    ours.update(state="signed", signed_at=now)
    as_owner("VACUUM ANALYZE")


def timed(act: Callable[[], Any], runs: int = RUNS) -> tuple[float, int]:
    """Median milliseconds, and the statements of the last time, BEGIN and COMMIT left out."""
    times = []
    for _ in range(runs):
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            act()
            times.append((time.perf_counter() - began) * 1000)
    said = [q for q in queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    return statistics.median(times), len(said)


def run() -> list[dict[str, Any]]:
    """Rows: milliseconds and statements."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    round_, judges, works = fill(edition)
    pairs = [(judges[(n * EACH + k) % JUDGES].pk, work.pk) for n, work in enumerate(works) for k in range(EACH)]

    def give() -> None:
        with transaction.atomic():
            assigning.give(round_, pairs)

    found = [("9,000 assignments written", timed(give, 1), 500, 20)]
    Round.objects.filter(pk=round_.pk).update(state="open")
    round_.refresh_from_db()
    mine = Assignment.objects.select_related("judge__user").filter(judge=judges[0])[0]
    marks = dict.fromkeys(round_.criteria.values_list("code", flat=True), Decimal(80))
    found.append(
        ("score save (service)", timed(lambda: scoring.save(mine, marks, by=mine.judge.user, submit=True)), 25, 10)
    )
    rest = list(Assignment.objects.filter(judge__in=judges).exclude(pk=mine.pk))
    sheets_of(round_, rest)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(judges[1].user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages):
        client.get(reverse("judge"))
        found.append(("judge's list, 180 assigned", timed(lambda: client.get(reverse("judge"))), 60, 10))
    found.append(("all 9,000 scores exported", timed(lambda: list(monitoring.score_rows(round_)), 3), 2000, 10))
    organiser = User.objects.create_superuser("组委", email="bench-organiser@example.test")
    client.force_login(organiser, backend=settings.AUTHENTICATION_BACKENDS[-1])
    dashboard = reverse("admin:judging_round_monitor", args=[round_.pk])
    pool = f"{reverse('admin:judging_candidate_changelist')}?round__id__exact={round_.pk}"
    with override_settings(STORAGES=storages):
        found.append(("review dashboard, 50 judges", timed(lambda: client.get(dashboard)), 100, 15))
        found.append(("works under review, 50 of 1,800", timed(lambda: client.get(pool)), 100, 15))
    began = time.perf_counter()
    closing.lock_round(round_, by=organiser, reason="测量")
    seconds = time.perf_counter() - began
    rows = [
        figure
        for name, (ms, queries), most_ms, most in found
        for figure in (
            {"name": name, "value": round(ms, 1), "unit": "ms", "target": f"≤{most_ms}", "ok": ms <= most_ms},
            {"name": name, "value": queries, "unit": "queries", "target": f"≤{most}", "ok": queries <= most},
        )
    ]
    lock = {"name": "lock and freeze 9,000 sheets", "value": round(seconds, 2), "unit": "s"}
    return [*rows, lock | {"target": "≤10", "ok": seconds <= 10}]
