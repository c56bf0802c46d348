"""The public's vote: ballots a second through the real servers against bare inserts; duplicates; polling screens."""

import os
import random
import secrets
import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse

from aisc_portal import editions
from bench import _ballots
from bench._servers import Served, as_owner, family_cpu, serving
from core import clock
from core.accounts.models import User
from judging.ballot_keys import hashed
from judging.live_state import look_now
from judging.models import Round, Session
from judging.services import live, pool, voters
from judging.services.facts import count_of
from judging.services.voters import Voter
from registrations.services import entering
from tests.registrations.entries.build import REGISTERING
from tools.databases import APP
from tracks.models import Edition

FILE = Path(__file__).parents[1] / "tracks/editions/guangdong-2024.toml"
BALLOTS, AGAIN = 20_000, 5_000  # identities of the first run; of the second, each sent four times
HANDS, BARE = 8, 20_000
PARTS = 10
TARGET = 1000  # a second
CORES = 2
SHARE = 70  # per cent of a bare view: what is left is guard, CSRF, signed cookie, policies


def run() -> list[dict[str, Any]]:
    """Rows of the vote."""
    editions.load(FILE.read_text(encoding="utf-8"))
    User.objects.create_superuser("组委", email="organiser@example.test")
    edition = Edition.objects.get(is_current=True)
    session = hall_of(edition)
    bare = bare_inserts()
    guarded = guarded_inserts(session)
    before = live_count(session)
    with serving() as server:
        _ballots.send(server.port, [poll(session)] * 200)  # templates are compiled, connections open
        with serving(DJANGO_SETTINGS_MODULE="bench._bare_settings") as other:
            _ballots.send(other.port, bare_requests(200, "warm"))
            plain = bare_requests(BALLOTS // 2, "bare")
            tenths, views = by_turns((server, requests(session, BALLOTS, 1, "fresh")), (other, plain))
        fresh, view = together(tenths), together(views)
        first = live_count(session) - before
        again = _ballots.send(server.port, requests(session, AGAIN, 4, "again"))
        polls = _ballots.send(server.port, [poll(session)] * 10_000)
    me = User.objects.get(is_superuser=True)
    live.end(session, by=me)
    p95 = statistics.quantiles(fresh.sent.waits, n=20)[-1] * 1000
    once = live_count(session) - first - before
    everybody = before + BALLOTS + AGAIN
    counted = count_of(session).ballots + count_of(session).incomplete
    doubled = again.statuses[200] != AGAIN or once != AGAIN or again.statuses[409] != 3 * AGAIN
    taken = fresh.sent.statuses[200]
    return [
        row("bare inserts, 8 connections", bare, "/s", "as it is", ok=True),
        row("inserts with the window's guard", guarded, "/s", "as it is", ok=True),
        row("ballots taken, 2 gunicorn workers", fresh.rate, "/s", f"≥{TARGET}, or the next two", near(fresh, view)),
        row("a bare view that does one insert, same gunicorn", view.rate, "/s", "the server's limit", ok=True),
        row("ballots that two idle cores allow", fresh.allowed, "/s", f"≥{SHARE} % of the limit", near(fresh, view)),
        row("the bare view on two idle cores", view.allowed, "/s", "the server's limit", ok=True),
        row("… ballots' share of it", 100 * fresh.allowed / view.allowed, "%", f"≥{SHARE}", near(fresh, view)),
        row("ballots as a share of bare inserts", 100 * fresh.rate / bare, "%", "printed", ok=True),
        row("the bare view as a share of bare inserts", 100 * view.rate / bare, "%", "printed", ok=True),
        row("the last tenth's ballot to the first's", tenths[-1].work / tenths[0].work, "×", "printed", ok=True),
        *spent("a ballot", fresh), *spent("the bare view", view),
        row("ballot p95, 64 phones at once", p95, "ms", "≤500", p95 <= 500),
        row("ballots lost", BALLOTS - taken, "", "0", ok=taken == first == BALLOTS),
        row("identities counted of 5,000 that sent 20,000", once, "", str(AGAIN), ok=not doubled),
        row("ballots counted in the end", counted, "", str(everybody), counted == everybody),
        row("state polls, 304 or 200", sum(polls.statuses.values()) / polls.seconds, "/s", "≥300", polls.seconds < 33),
    ]  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Requests answered, and the processor time each took: in the workers, in PostgreSQL, in the sender (ms)."""

    sent: _ballots.Outcome
    workers: float
    postgres: float
    sender: float

    @property
    def rate(self) -> float:
        """Taken a second, on this machine as busy as it was."""
        return self.sent.statuses[200] / self.sent.seconds

    @property
    def work(self) -> float:
        """In the sender's own for one request, which is always the same: a machine that slows down alters neither."""
        return (self.workers + self.postgres) / self.sender

    @property
    def allowed(self) -> float:
        """A second, if two cores did nothing but serve them."""
        return CORES * 1000 / (self.workers + self.postgres)


def measured(server: Served, requests: list[bytes]) -> Measured:
    """Send them; whose processor time went where. Should a worker be renewed meanwhile, what the old one used
    is in its parent's account."""
    workers, postgres, sender = server.cpu_all, postgres_cpu(), time.process_time()
    sent = _ballots.send(server.port, requests)
    count = len(requests)
    return Measured(
        sent,
        (server.cpu_all - workers) / count,
        (postgres_cpu() - postgres) / count,
        (time.process_time() - sender) * 1000 / count,
    )


def by_turns(*all_: tuple[Served, list[bytes]]) -> list[list[Measured]]:
    """Each server's requests in ten parts, the servers by turns, so that all meet the machine equally busy."""
    found: list[list[Measured]] = [[] for _ in all_]
    for part in range(PARTS):
        for parts, (server, requests) in zip(found, all_, strict=True):
            size = len(requests) // PARTS
            parts.append(measured(server, requests[part * size : (part + 1) * size]))
    return found


def together(parts: list[Measured]) -> Measured:
    """As one measurement; the parts are equally long."""
    sent = _ballots.Outcome(sum(part.sent.seconds for part in parts))
    for part in parts:
        sent.statuses += part.sent.statuses
        sent.waits += part.sent.waits
    mean = statistics.fmean
    return Measured(
        sent, mean(p.workers for p in parts), mean(p.postgres for p in parts), mean(p.sender for p in parts)
    )


def near(fresh: Measured, view: Measured) -> bool:
    """Whether ballots reach the target, or come near what the bare view takes of the same processors."""
    return fresh.rate >= TARGET or 100 * fresh.allowed >= SHARE * view.allowed


def spent(what: str, found: Measured) -> list[dict[str, Any]]:
    """Rows of processor time."""
    parts = {"workers": found.workers, "PostgreSQL": found.postgres, "the sender, on the same cores": found.sender}
    return [row(f"processor time of {what}: {name}", ms, "ms", "printed", ok=True) for name, ms in parts.items()]


def postgres_cpu() -> float:
    """Milliseconds of processor time of all of PostgreSQL's processes, ended ones included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return family_cpu(int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]))


def bare_requests(count: int, label: str) -> list[bytes]:
    """As many POSTs to the bare view, as long as a ballot's."""
    cookies = {"voter-ABCD": "x" * 300, "device": "d" * 32}
    return [
        _ballots.request("/bare/ballot/", cookies, {"identity": f"{label}-{n}", "team": 1}, "203.0.113.7")
        for n in range(count)
    ]


def row(name: str, value: float, unit: str, target: str, ok: bool) -> dict[str, Any]:
    """One figure."""
    note = f"load {os.getloadavg()[0]:.1f}"
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "ok": ok, "note": note}


def hall_of(edition: Edition) -> Session:
    """A final of ten teams; everybody chooses three at the end."""
    me = User.objects.get(is_superuser=True)
    clock.set_now(REGISTERING)
    round_ = Round.objects.get(edition=edition, code="final", category__code="B")
    track = edition.tracks.get(code="worker")
    things = []
    for number in range(10):
        person = User.objects.create_user(f"作者{number}", email=f"finalist{number}@example.test")
        typed = {"kind": "individual", "organisation": "示例中学", "categories": ["A"], "track": track}
        entry = entering.make_entry(edition, typed, representative=person)
        things.append(pool.Thing(entry, f"bench-{number}", f"作品 {number}"))
    pool.add(round_, things, by=None)
    session = live.save_session(round_, {"window": "end", "choices_max": 3, "voting_seconds": 3600}, by=me)
    live.publish_seed(session, "bench seed", by=me)
    live.draw_order(session, by=me)
    live.start(session, by=me)
    return live.open_voting(session, by=me)


def requests(session: Session, identities: int, times: int, label: str) -> list[bytes]:
    """Everybody's ballot so many times, in an order that mixes them."""
    chance = random.Random(7)
    hall = look_now(session.code)
    assert hall
    path = reverse("vote", args=[hall.code])
    made = []
    for number in range(identities):
        device = hashed(hall.pk, hall.code, "device", f"{label}{number}")
        voter = Voter(
            hall.pk, hall.code, hashed(hall.pk, hall.code, "phone", f"{label}{number}"), "138****0000", device
        )
        chosen: dict[str, object] = {"team": chance.choice(hall.order).pk}
        cookies = {f"voter-{hall.code}": voters.seal(voter), "device": secrets.token_hex(16)}
        made += [_ballots.request(path, cookies, chosen, "203.0.113.7")] * times  # one hotel, one address
    chance.shuffle(made)
    return made


def poll(session: Session) -> bytes:
    """A screen that looks for news."""
    path = reverse("live_state", args=[session.code])
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n".encode()


def live_count(session: Session) -> int:
    """Ballots in the table."""
    return session.ballots.count()


def bare_inserts() -> float:
    """Rows a second into a table of the same columns and keys without triggers, each its own transaction."""
    made = "CREATE TABLE bare_ballot (LIKE judging_ballot INCLUDING ALL)"
    as_owner(made, f"GRANT INSERT, SELECT ON bare_ballot TO {APP}")
    return hammer("bare_ballot", 1)


def guarded_inserts(session: Session) -> float:
    """The same into the real table, so that its guard works; identities of its own."""
    return hammer("judging_ballot", session.pk)


def hammer(table: str, session: int) -> float:
    """Rows a second from eight connections."""
    start = threading.Barrier(HANDS + 1)

    def hand(number: int) -> None:
        with connection.cursor() as cursor:
            start.wait()
            for turn in range(BARE // HANDS):
                cursor.execute(
                    f"INSERT INTO {table} (session_id, turn_id, identity, choices, cast_at, place, device)"
                    " VALUES (%s, NULL, %s, %s, clock_timestamp(), %s, %s)",
                    [session, f"{table}{number}-{turn}", [1], "p" * 64, "d" * 64],
                )
        connection.close()

    hands = [threading.Thread(target=hand, args=[number]) for number in range(HANDS)]
    for one in hands:
        one.start()
    start.wait()
    began = time.perf_counter()
    for one in hands:
        one.join()
    return BARE / (time.perf_counter() - began)
