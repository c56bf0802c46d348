"""A judge's page at 180 assigned works, its weight, and 125 judges who save every 10 s on the real servers.

The client shares the machine's processors. Headroom: two processors' time over what the saves take of it.
"""

import asyncio
import gzip
import json
import os
import random
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisc_portal import demo_data
from bench._flows import Ask, Page, Unexpected, look
from bench._http import Browser
from bench._servers import Served, serving
from core import clock
from core.accounts.models import User
from judging.models import Assignment, Candidate, Judge, Round, ScoreSheet
from judging.services import assigning, scoring
from registrations.services import entering
from tracks.models import Edition

JUDGES, WORKS, EVERY = 125, 180, 10  # seconds between two saves of a judge
SECONDS = int(os.environ.get("BENCH_SCORING", "40"))
RUNS = 15
BESIDE = 5000  # numbers after those of the demo and of other benches
PAGE = ("css/tokens.css", "css/staff.css", "css/judge.css", "js/focus.js")
STATIC = Path(__file__).resolve().parent.parent / "static"


def fill(edition: Edition) -> list[Judge]:
    """A round of category A, beside the demo's few: 180 works; all before the first judge, 20 before each other one."""
    rounds = Round.objects.select_related("category", "edition", "track")
    round_ = rounds.get(edition=edition, code="review", category__code="A")
    author = User.objects.create_user("作者", email="bench-maker@example.test")
    values = {"kind": "individual", "organisation": "示例中学", "categories": ["A"], "track": edition.tracks.all()[0]}
    entry, now = entering.make_entry(edition, values, representative=author), clock.now()
    panel = round_.panels.get(kind="expert")
    works = Candidate.objects.bulk_create(
        Candidate(round=round_, entry=entry, key=f"scoring-{n}", number=BESIDE + n, title=f"作品{n}", added_at=now)
        for n in range(1, WORKS + 1)
    )
    judges = [
        Judge.objects.create(
            round=round_, panel=panel, number=BESIDE + n, joined_at=now,
            user=User.objects.create_user(f"专家{n}", email=f"scoring-judge{n}@example.test"),
        )
        for n in range(1, JUDGES + 1)
    ]  # fmt: skip
    pairs = [(judges[0].pk, work.pk) for work in works]
    pairs += [(judge.pk, works[(n * 7 + k) % WORKS].pk) for n, judge in enumerate(judges[1:]) for k in range(20)]
    assigning.give(round_, pairs)
    Round.objects.filter(pk=round_.pk).update(state="open")
    return judges


def cookies_of(judge: Judge) -> dict[str, str]:
    """Somebody signed in."""
    client = Client()
    client.force_login(judge.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {name: morsel.value for name, morsel in client.cookies.items()}


def row(name: str, value: float, unit: str, most: float, note: str = "") -> dict[str, Any]:
    """A figure with an upper bound."""
    return {"name": name, "value": value, "unit": unit, "target": f"≤{most:g}", "ok": value <= most, "note": note}


def alone(judge: Judge) -> list[dict[str, Any]]:
    """In this process, one request after another: median milliseconds and statements; the page's weight."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(judge.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    works = list(Assignment.objects.filter(judge=judge).order_by("position"))
    marks = dict.fromkeys(works[0].round.criteria.values_list("code", flat=True), Decimal(80))
    for one in works[1:90]:
        scoring.save(one, marks, by=judge.user, submit=True)
    page = reverse("judge_work", args=[works[0].pk])

    def save() -> None:
        version = ScoreSheet.objects.filter(assignment=works[0]).values_list("version", flat=True).first() or 0
        typed = {f"m_{code}": str(60 + version % 40) for code in marks}
        address = reverse("judge_sheet", args=[works[0].pk])
        assert client.post(address, {"key": str(uuid4()), "base": version, "do": "save", **typed}).status_code == 200

    found = []
    tries = (
        ("scoring page, 180 assigned", lambda: client.get(page), 40, 12),
        ("score save (request)", save, 25, 11),  # one of them is the bench's own
        ("judge's list, 180 assigned, half of them done", lambda: client.get(reverse("judge")), 60, 10),
    )
    for name, act, most, queries in tries:
        act()
        times, own = [], []
        for _ in range(RUNS):
            with CaptureQueriesContext(connection) as asked:
                began, worked = time.perf_counter(), time.process_time()
                act()
                times.append((time.perf_counter() - began) * 1000)
                own.append((time.process_time() - worked) * 1000)
        count = sum(not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for q in asked)
        found += [row(name, round(statistics.median(times), 1), "ms", most, f"best {min(times):.0f}")]
        found += [row(f"{name}, this process alone", round(statistics.median(own), 1), "ms", most)]
        found += [row(name, count, "queries", queries)]
    html = len(gzip.compress(client.get(page).content)) / 1000
    scripts = [STATIC / name for name in PAGE] + [*STATIC.glob("js/judge*.js")]
    files = sum(len(gzip.compress(file.read_bytes())) for file in scripts) / 1000
    found += [
        row("scoring page, HTML", round(html, 1), "KB gz", 15),
        row("its styles and scripts", round(files, 1), "KB gz", 40),
    ]
    return found


async def one(judge: Judge, port: int, browser: Browser, until: float) -> int:
    """A judge's half hour in small: open a work, then save it every 10 s; how many were stored."""
    chance = random.Random(judge.number)
    held = await asyncio.to_thread(lambda: judge.assignments.order_by("-position")[0])  # not begun
    page: Page = await browser.do(look(reverse("judge_work", args=[held.pk])))
    hidden = page.form(comment="好")
    codes = await asyncio.to_thread(lambda: list(judge.round.criteria.values_list("code", flat=True)))
    version, stored = int(dict(hidden)["base"]), 0
    await asyncio.sleep(chance.random() * EVERY)
    while time.perf_counter() < until:
        typed = [(f"m_{code}", str(chance.randrange(60, 100))) for code in codes]
        sent = [(name, value) for name, value in hidden if name not in ("base", "form_key")]
        sent += [("base", str(version)), ("key", str(uuid4())), ("do", "save"), *typed]
        answer = await browser.ask(Ask(reverse("judge_sheet", args=[held.pk]), sent))
        if answer.status != 200:
            raise Unexpected(answer.said)
        version, stored = json.loads(answer.text)["version"], stored + 1
        await asyncio.sleep(EVERY)
    return stored


def together(web: Served, judges: list[Judge]) -> list[dict[str, Any]]:
    """125 at once: p95, processor time of a save, headroom."""
    browsers = [Browser(web.port, cookies=cookies_of(judge), address=f"10.0.1.{judge.number}") for judge in judges]

    async def act() -> tuple[int, float]:
        began = time.perf_counter()
        until = began + SECONDS
        counts = await asyncio.gather(*(one(j, web.port, b, until) for j, b in zip(judges, browsers, strict=True)))
        return sum(counts), time.perf_counter() - began

    cpu = web.cpu
    stored, seconds = asyncio.run(act())
    each = (web.cpu - cpu) / stored
    posts = sorted(ms for browser in browsers for ms in browser.posts)
    p95 = posts[int(len(posts) * 0.95)]
    kept = ScoreSheet.objects.filter(assignment__judge__in=judges, version__gt=0, key__isnull=False).count()
    share = each * JUDGES / EVERY / 2000
    note = f"median {statistics.median(posts):.0f}, {stored} saves in {seconds:.0f} s, load {os.getloadavg()[0]:.1f}"
    return [
        row("125 judges saving every 10 s, p95", round(p95), "ms", 250, note),
        row("web processors' time a save, its page included", round(each, 1), "ms", 60),
        row("share of two processors", round(share * 100, 1), "%", 40, f"headroom ×{1 / share:.1f}"),
        {"name": "sheets kept", "value": kept, "unit": "", "target": f"≥{JUDGES}", "ok": kept >= JUDGES},
    ]


def run() -> list[dict[str, Any]]:
    """Rows: alone, then together."""
    demo_data.prepare()
    judges = fill(Edition.objects.get(is_current=True))
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages, DEMO=False):  # the demo's bar is not counted
        found = alone(judges[0])
    print(*found, sep="\n", file=sys.stderr, flush=True)
    with serving() as web:
        found += together(web, judges)
    return found
