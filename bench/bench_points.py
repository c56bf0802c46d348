"""The leaderboard over 100,000 entries × 12 months of ledger, posting, and the recount (issue 6/8).

Measured at 300,000 and at 3,600,000 lines, side by side. Beside the clock's milliseconds stand those of the processors
(ours and the database's), which a busy machine does not change.
"""

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection

from aisc_portal import editions
from bench._servers import as_owner
from core import clock
from core.accounts.models import User
from registrations.entry_models import Entry
from seasons.leaderboard_page import Board
from seasons.models import PointEntry, PointFact, RuleSet
from seasons.point_invariants import invariants
from seasons.services import posting, standings
from tracks.models import Edition

FILE = Path(__file__).parents[1] / "tracks/editions/guangdong-2024.toml"
ENTRIES, MONTHS, RECORDS, CALLS = 100_000, 12, 10_000, 100
TICK = os.sysconf("SC_CLK_TCK")
MADE = """
    INSERT INTO registrations_entry (edition_id, track_id, kind, team_name, pinyin, organisation, categories, state,
           created_at, members, members_limit, instructors, instructors_limit)
    SELECT %(edition)s, (%(tracks)s::bigint[])[1 + number %% 3], 'team', '科普' || number || '队',
           'kepu' || number || 'dui', '', '{A}', 'draft', now(), 0, 10, 0, 2 FROM generate_series(1, %(many)s) AS number
"""
# One fact an entry; a line's `turn` tells the months apart, since a fact has one line a rule and turn.
FACTS = """
    INSERT INTO seasons_pointfact (entry_id, kind, month, earned_at, minutes, audience, level, rule, reason, by_id, at,
           posted_at)
    SELECT id, 'bonus', '2025-01', now(), 0, 0, '', 'press', '示例', %(by)s, now(), now() FROM registrations_entry
     WHERE edition_id = %(edition)s
"""
LINES = """
    INSERT INTO seasons_pointentry (entry_id, fact_id, rule, rules_id, month, earned_at, worth, points, said, turn,
           posted_at, reason)
    SELECT fact.entry_id, fact.id, rule.code, %(rules)s, %(month)s,
           %(at)s::timestamptz + (random() * 2400000)::int * interval '1 second', rule.most, p.points,
           '示例：一次服务', %(turn)s, now(), ''
      FROM seasons_pointfact AS fact
      CROSS JOIN (VALUES ('activity', 60), ('hour', 40), ('press', 10)) AS rule (code, most)
      CROSS JOIN LATERAL (SELECT floor(random() * (rule.most + 1) + 0 * fact.id) AS points) AS p
     WHERE fact.reason = '示例'
"""


def run() -> list[dict[str, Any]]:
    """At 300,000 lines, at 3,600,000, the ratio; then posting and the recount."""
    editions.load(FILE.read_text(encoding="utf-8").replace("adopted = []", 'adopted = ["Q14"]'))
    edition = Edition.objects.get(is_current=True)
    rules = fill(edition)
    dice = random.Random(7)
    keys = list(Entry.objects.filter(edition=edition).values_list("pk", flat=True))
    month(rules, 1)
    few = measured(edition, dice.sample(keys, CALLS), "300,000")
    for number in range(2, MONTHS + 1):
        month(rules, number)
    many = measured(edition, dice.sample(keys, CALLS), "3,600,000")
    rows = [*few.rows, *many.rows]
    for name in few.cpu:
        ratio = many.cpu[name] / few.cpu[name]
        rows.append(row(f"points {name}: processor time at 3.6 M ÷ at 300 k", round(ratio, 2), "×", "≤2", ratio <= 2))
        ratio = many.middle[name] / few.middle[name]
        rows.append(row(f"points {name}: median time at 3.6 M ÷ at 300 k", round(ratio, 2), "×", "≤2", ratio <= 2))
    return [*rows, *post(edition, keys), recount()]


def fill(edition: Edition) -> RuleSet:
    """Entries, handed in, and a fact for each."""
    boss = User.objects.create_superuser("组委", email="organiser@example.test")
    tracks = list(edition.tracks.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(MADE, {"edition": edition.pk, "tracks": tracks, "many": ENTRIES})
        Entry.objects.filter(edition=edition).update(state="entered", entered_at=clock.now())
        cursor.execute(FACTS, {"edition": edition.pk, "by": boss.pk})
    return RuleSet.objects.create(edition=edition, sha256=edition.sha256, rules=[], made_at=clock.now())


def month(rules: RuleSet, number: int) -> None:
    """Three lines an entry, in one statement; then what autovacuum would do in time."""
    at = clock.now().replace(year=2025, month=number, day=1)
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"rules": rules.pk, "month": f"2025-{number:02}", "at": at, "turn": number})
    if number in (1, MONTHS):
        as_owner(*(f"VACUUM ANALYZE {table}" for table in ("seasons_standing", "seasons_tally", "seasons_pointentry")))


class Measured:
    """Rows for the table; name → mean processor ms and median ms."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.cpu: dict[str, float] = {}
        self.middle: dict[str, float] = {}

    def add(self, name: str, at: str, calls: list[Callable[[], object]]) -> None:
        """Warm it up, then time each call."""
        for call in calls[:5]:
            call()
        took, before = [], processor()
        for call in calls:
            began = time.perf_counter()
            call()
            took.append((time.perf_counter() - began) * 1000)
        self.cpu[name] = max((processor() - before) / len(calls), 0.01)
        self.middle[name] = statistics.median(took)
        p95 = sorted(took)[int(len(took) * 0.95)]
        self.rows.append(row(f"points {name} p95 over {at} lines", round(p95, 1), "ms", "≤50", p95 <= 50))
        cpu = round(self.cpu[name], 2)
        self.rows.append(row(f"points {name} processor time over {at} lines", cpu, "ms", "≤50", cpu <= 50))


def measured(edition: Edition, keys: list[int], at: str) -> Measured:
    """Top 100 with names, and one entry's rank with its distance to the cut."""
    found, entries = Measured(), list(Entry.objects.filter(pk__in=keys).select_related("edition"))
    for entry in entries:
        entry.edition = edition
    tracks = [None, *edition.tracks.all()]

    def board(number: int) -> Callable[[], object]:
        period = "" if number % 2 else "2025-01"
        return lambda: Board(edition, period, tracks[number % len(tracks)], "", clock.now()).rows

    found.add("top 100", at, [board(number) for number in range(CALLS)])
    found.add("my rank", at, [lambda entry=entry: standings.mine(entry) for entry in entries])  # type: ignore[misc]
    return found


def processor() -> float:
    """Milliseconds that this process and its database connection have computed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    own = sum(os.times()[:2]) * 1000
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own + (int(fields[11]) + int(fields[12])) * 1000 / TICK


def post(edition: Edition, keys: list[int]) -> list[dict[str, Any]]:
    """10,000 approved facts, posted beside the rest; then again, which adds nothing."""
    boss, now = User.objects.get(is_superuser=True), clock.now()
    PointFact.objects.bulk_create(
        PointFact(entry_id=key, kind="bonus", rule="press", month="2025-07", earned_at=now + timedelta(seconds=n),
                  reason="报道", by=boss, at=now)
        for n, key in enumerate(keys[:RECORDS])
    )  # fmt: skip
    before, began = processor(), time.perf_counter()
    posted = posting.post(edition)
    took, cpu = time.perf_counter() - began, (processor() - before) / 1000
    again = posting.post(edition)
    return [
        row("points: 10,000 approved facts posted", round(took, 2), "s", "≤10", took <= 10),
        row("points: the same in processor time", round(cpu, 2), "s", "≤10", cpu <= 10),
        row("points: posted, then posted again", posted + again, "facts", "10000", (posted, again) == (RECORDS, 0)),
    ]


def recount() -> dict[str, Any]:
    """The whole ledger against the running standings."""
    began = time.perf_counter()
    wrong = [name for name, things in islice(invariants(), 2) if things]  # the sums, and how many have each
    took = time.perf_counter() - began
    lines = PointEntry.objects.count()
    name = f"points: recount of {lines:,} lines differs from the standings in ({took:.0f} s)"
    return row(name, len(wrong), "findings", "0", not wrong)


def row(name: str, value: float, unit: str, target: str, ok: bool) -> dict[str, Any]:
    """One figure, with the machine's load beside it."""
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "target": target,
        "ok": ok,
        "note": f"load {os.getloadavg()[0]:.1f}",
    }
