"""A deadline's last minute (R5), and open registration from sign-up to entered (peers.md: 61 flows a minute there).

Both against the Procfile's own web server and worker on loopback; the client shares the machine's processors.
"""

import asyncio
import os
import re
import statistics
import sys
import time
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from aisc_portal import demo_data
from aisc_portal.demo import start_of
from bench._flows import TICKED, Ask, Page, asked, moved, sign_up_and_enter, walk
from bench._http import Browser
from bench._rush import NAMES, Person, bound, last_minute, late, lost, opened, people
from bench._servers import Served, serving
from core import clock
from core.notices import mailbox
from tracks.models import Edition

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500"))
SAMPLE = min(60, PEOPLE)  # people for the ratio to a bare view
CLIENTS, FLOWS_EACH = 32, 4
ALONE = 7  # flows one after another
MAILED = re.compile(r"^To: (\S+)$.*您的验证码是 (\d{6})", re.MULTILINE | re.DOTALL)


def row(name: str, value: float, unit: str, target: str, ok: bool = True, note: str = "") -> dict[str, Any]:
    """A figure; where a target names no number it is only told."""
    found = {"name": name, "value": value, "unit": unit, "target": target, "ok": ok}
    found |= {"note": f"{note}; load {os.getloadavg()[0]:.1f}".removeprefix("; ")}
    print("  ", *found.values(), file=sys.stderr, flush=True)  # the whole takes minutes
    return found


def run() -> list[dict[str, Any]]:
    """Rows: the last minute, its ratio to a bare view, one flow alone, and 32 side by side."""
    demo_data.prepare()
    mailbox.empty()
    edition = Edition.objects.get(is_current=True)
    day_before = bound(edition) - timedelta(days=1)
    clock.set_now(day_before)
    crowd, sample, bare = (people(edition, n, label) for n, label in ((PEOPLE, "r"), (SAMPLE, "s"), (SAMPLE, "b")))
    found = alone()
    with serving("worker") as web:
        asyncio.run(side_by_side(web.port, 1, "w"))  # templates are compiled, connections open
        found += many(web)
        rate = per_second(at_once(web.port, sample))
        clock.set_now(day_before)
        found += deadline(web, crowd, edition)
    with serving(DJANGO_SETTINGS_MODULE="bench._bare_settings") as web:
        ratio = rate / per_second(at_once_bare(web.port, bare))
    found.append(row("saves and submits at once", round(rate, 1), "a second", "told"))
    found.append(row("the same, to a bare view", round(ratio, 3), "×", "told"))
    clock.set_now(start_of(edition))
    return found


# --- The last minute -----------------------------------------------------------------------------------------


def deadline(web: Served, crowd: list[Person], edition: Edition) -> list[dict[str, Any]]:
    """R5: 0 errors, 0 lost, 0 late."""
    browsers = asyncio.run(last_minute(web.port, crowd, edition))
    errors = [error for person in crowd for error in person.errors]
    gone, after = lost(crowd), late(crowd, edition)
    entered, refused = sum(p.entered for p in crowd), sum(p.refused for p in crowd)
    again = sum(browser.again for browser in browsers)
    p95 = percentile([ms for browser in browsers for ms in browser.posts])
    what = f"last minute, {len(crowd)} people"
    told = f"{entered} entered, {refused} came too late, {again} idle connections opened again"
    return [
        row(f"{what}: errors", len(errors), "people", "=0", not errors, "; ".join([told, *errors[:3]])),
        row(f"{what}: acknowledged and lost", len(gone), "people", "=0", not gone, "; ".join(gone[:3])),
        row(f"{what}: entered too late", after, "people", "=0", not after),
        row(f"{what}: p95 of saving and submitting", round(p95), "ms", "told"),
    ]


def percentile(values: list[float]) -> float:
    """The 95th."""
    return statistics.quantiles(values, n=20)[-1]


async def at_once(port: int, crowd: list[Person]) -> tuple[int, float]:
    """Everybody saves and submits at once, both forms open: (POSTs answered, seconds). Raises Unexpected."""
    browsers = [Browser(port, cookies=person.cookies) for person in crowd]
    first, last = [await opened(browsers, crowd, page) for page in ("entry_edit", "entry_submit")]

    async def one(browser: Browser, person: Person, form: Page, end: Page) -> None:
        moved(await browser.ask(Ask(person.page("entry_edit"), form.form(**person.typed, categories=["A"]))))
        moved(await browser.ask(Ask(person.page("entry_submit"), end.form(**TICKED))))
        browser.close()

    began = time.perf_counter()
    await asyncio.gather(*map(one, browsers, crowd, first, last))
    return sum(len(browser.posts) for browser in browsers), time.perf_counter() - began


async def at_once_bare(port: int, crowd: list[Person]) -> tuple[int, float]:
    """The same rows through the bare views."""
    browsers = [Browser(port) for _ in crowd]

    async def one(browser: Browser, person: Person) -> None:
        for deed in ("save", "submit"):
            moved(await browser.ask(Ask(f"/bare/{person.entry}/{person.user}/{deed}/", list(person.typed.items()))))
        browser.close()

    began = time.perf_counter()
    await asyncio.gather(*map(one, browsers, crowd))
    return sum(len(browser.posts) for browser in browsers), time.perf_counter() - began


def per_second(acting: Coroutine[Any, Any, tuple[int, float]]) -> float:
    """How many a second."""
    count, seconds = asyncio.run(acting)
    return count / seconds


# --- From sign-up to entered ---------------------------------------------------------------------------------


class Letters:
    """The codes in the demo's mailbox."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.read: set[str] = set()

    def code(self, address: str) -> str:
        """What was mailed to an address; the mail lies there before the page answers. Raises KeyError."""
        if address not in self.codes:
            for file in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml")):
                if file.name not in self.read:
                    self.read.add(file.name)
                    if found := MAILED.search(file.read_text()):
                        self.codes[found[1]] = found[2]
        return self.codes[address]


def alone() -> list[dict[str, Any]]:
    """One flow at a time in this process: milliseconds of the server, and what the database was asked."""
    letters, times, cpu, queries = Letters(), [], [], []
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages, DEMO=False):  # the demo's bar and its own time are not counted
        client = Client(headers={"host": "127.0.0.1"}, enforce_csrf_checks=True)
        for number in range(ALONE):
            client.cookies.clear()
            began = time.process_time()
            with CaptureQueriesContext(connection) as captured:
                taken = walk(sign_up_and_enter(f"alone{number}@example.test", named(number), letters.code), client)
            cpu.append((time.process_time() - began) * 1000)
            times.append(sum(ms for _, ms in taken))
            queries.append(len(asked(captured.captured_queries)))
    ms, statements, control = statistics.median(times), queries[-1], len(captured) - queries[-1]
    began = time.process_time()
    make_password("kepu-bench-2024")
    hashing = (time.process_time() - began) * 1000
    what = f"sign-up to entered, alone, {len(taken)} requests"
    return [
        row(what, round(ms), "ms", "≤250", ms <= 250, f"best {min(times):.0f}"),
        row(what, round(statistics.median(cpu)), "ms of a processor", "told", note=f"of them {hashing:.0f} to hash"),
        row(what, statements, "queries", "≤90", statements <= 90, f"and {control} that begin or commit"),
    ]


def many(web: Served) -> list[dict[str, Any]]:
    """32 clients, one flow after another each."""
    cpu, began, own = [web.cpu, web.helpers_cpu], time.perf_counter(), time.process_time()
    requests = asyncio.run(side_by_side(web.port, FLOWS_EACH, "m"))
    seconds, done = time.perf_counter() - began, CLIENTS * FLOWS_EACH
    client = (time.process_time() - own) * 1000 / done
    minute, each, helpers = done / seconds * 60, (web.cpu - cpu[0]) / done, (web.helpers_cpu - cpu[1]) / done
    what = f"sign-up to entered, {CLIENTS} clients"
    told = f"{requests / seconds:.0f} requests/s"
    pss = round(web.megabytes)
    return [
        row(what, round(minute), "flows a minute", "≥360", minute >= 360, told),
        row("the same, the web workers", round(each), "ms of a processor a flow", "told"),
        row("the same, delivering its three mails", round(helpers), "ms of a processor a flow", "told"),
        row("the same, the clients", round(client), "ms of a processor a flow", "told", note="on the same processors"),
        row("memory of the web workers (PSS)", pss, "MB", "≤400", pss <= 400, f"RSS {web.resident:.0f}"),
    ]


async def side_by_side(port: int, flows: int, label: str) -> int:
    """Every client does some flows; the requests they made. Raises Unexpected."""
    letters = Letters()

    async def client(number: int) -> int:
        count = 0
        for flow in range(flows):
            # Each visitor has an address of their own: what is measured is the portal, not its limits.
            browser = Browser(port, address=f"10.{flow}.1.{number + 1}")
            one = CLIENTS * flow + number
            await browser.do(sign_up_and_enter(f"{label}{one}@example.test", named(one), letters.code))
            browser.close()
            count += browser.asked
        return count

    return sum(await asyncio.gather(*(client(number) for number in range(CLIENTS))))


def named(number: int) -> str:
    """A name."""
    return f"{NAMES[number % 20]}{NAMES[number // 20 % 20]}宇"
