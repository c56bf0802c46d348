"""Asks every page for every role, of a year that was rehearsed into this database; prints the rows as JSON.

`python -m bench._pages`, started by `bench_pages.py`. First in this process, for milliseconds and statements; then by
the Procfile's web server, for the memory of its workers.
"""

import gc
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisc_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - models are there once Django is set up
from django.db import connection, connections  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from bench._matrix import Cast  # noqa: E402
from bench._servers import Served, serving  # noqa: E402
from core import request_log  # noqa: E402
from core.accounts.models import User  # noqa: E402
from tracks.models import Edition  # noqa: E402

MOST_MB, MOST_MS, MOST_QUERIES, SLOWEST, AGAIN = 400, 150, 20, 10, 5
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
# A file is made, which benches of their own measure; or the demo alone has it.
NOT_PAGES = {
    "dev_mail": "the demo's mailbox, with a year's letters", "dev_mail_message": "the same",
    "personal_export": "everything about a person in one file", "unit_certificates_zip": "every certificate of a unit",
    "stamp_pdf": "a printed form", "stamp_word": "a printed form", "unit_codes": "a printed sheet of codes",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One page for one role."""

    role: str
    name: str
    path: str
    ms: float
    queries: int

    @property
    def title(self) -> str:
        """For the table."""
        return f"{self.name} ({self.role})"


def main() -> None:
    """Ask, then print."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # refusals are part of the walk
    gc.collect()
    gc.freeze()  # what was loaded is not to be looked through again during somebody's page
    asked = _walk()
    connections.close_all()
    with serving() as web:
        rows = [*_rows(asked), _memory(web, asked)]
    json.dump(rows, sys.stdout, ensure_ascii=False)


def _rows(asked: list[Asked]) -> list[dict[str, Any]]:
    """Pages over either bound, the slowest ten with their queries, how many there are."""
    slow = sorted(asked, key=lambda one: -one.ms)
    greedy = sorted((one for one in asked if one.queries > MOST_QUERIES), key=lambda one: -one.queries)
    over = [one for one in slow if one.ms > MOST_MS]
    rows = [
        _row("pages asked, role by role", len(asked), "pages", "≥500", len(asked) >= 500),
        _row("pages above 150 ms", len(over), "pages", "0", not over, ", ".join(one.title for one in over[:5])),
        _row("pages above 20 queries", len(greedy), "pages", "0", not greedy, ", ".join(o.title for o in greedy[:5])),
    ]
    for one in slow[:SLOWEST]:
        ok, note = one.ms <= MOST_MS, f"{one.queries} queries; load {os.getloadavg()[0]:.1f}"
        rows.append(_row(f"page {one.title}", round(one.ms, 1), "ms", f"≤{MOST_MS}", ok, note))
    for one in greedy:
        rows.append(_row(f"page {one.title}", one.queries, "queries", f"≤{MOST_QUERIES}", False))  # noqa: PERF401
    return rows


def _memory(web: Served, asked: list[Asked]) -> dict[str, Any]:
    """What the web workers hold after they have answered all these pages, each role signed in as itself."""
    people = Cast(Edition.objects.get(is_current=True)).people
    cookies = {role: _cookies(_signed_in(people[role])) for role in {one.role for one in asked}}
    wrong = []
    for one in asked:
        line = HTTPConnection("127.0.0.1", web.port, timeout=120)
        line.request("GET", one.path, headers={"Cookie": cookies[one.role]})
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status not in (200, 429):  # so many roles ask the API in a minute that it slows them down
            wrong.append(f"{answer.status} {one.title}")
    held = round(web.megabytes)
    note = f"RSS {web.resident:.0f}, {len(asked)} pages" + (f", not answered: {', '.join(wrong[:5])}" if wrong else "")
    name, ok = "memory of the web workers after every page (PSS)", held <= MOST_MB and not wrong
    return _row(name, held, "MB", f"≤{MOST_MB}", ok, note)


def _cookies(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _walk() -> list[Asked]:
    """Every page that answers with 200, the slow ones several times: the quickest of them counts."""
    cast = Cast(Edition.objects.get(is_current=True))
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    asked = []
    with override_settings(STORAGES=storages):
        for role, user in cast.people.items():
            if user is None and role != "anonymous":
                continue
            client = _signed_in(user)
            for name, path in cast.paths(role):
                if name not in NOT_PAGES and (found := _ask(client, role, name, path)):
                    asked.append(found)
    return asked


def _signed_in(user: User | None) -> Client:
    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def _ask(client: Client, role: str, name: str, path: str) -> Asked | None:
    """The page, if the role may see it; asked once before, since what is kept between pages counts as kept."""
    if not _times(client, path, 1)[0]:
        return None
    ok, ms, queries = _times(client, path, 1)
    if ok and ms > MOST_MS / 2:
        ok, ms, queries = _times(client, path, AGAIN)
    return Asked(role, name, path, ms, queries) if ok else None


def _times(client: Client, path: str, runs: int) -> tuple[bool, float, int]:
    times, count = [], 0
    for _ in range(runs):
        asked = Statements()
        began = time.process_time()
        with connection.execute_wrapper(asked):
            answer = client.get(path)
            if answer.streaming:
                b"".join(answer)
        spent = time.process_time() - began
        if answer.status_code != 200:
            return False, 0.0, 0
        count = asked.count
        times.append((spent + asked.seconds) * 1000)  # this process's own work, and the time that statements took
    return True, min(times), count


class Statements(request_log.Asked):
    """Counts what is asked; what only begins or ends a transaction is none."""

    def __call__(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        """Django's execute wrapper."""
        if str(sql).startswith(CONTROL):
            return execute(sql, *args)
        return super().__call__(execute, sql, *args)


def _row(name: str, value: float, unit: str, target: str, ok: bool, note: str = "") -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "ok": ok} | ({"note": note} if note else {})


if __name__ == "__main__":
    main()
