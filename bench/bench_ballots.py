"""The public's vote: ballots a second through the real servers against bare inserts; duplicates; polling screens."""

import os
import random
import secrets
import statistics
import threading
import time
from typing import Any

from django.db import connection
from django.urls import reverse

from aisc_portal import demo_data
from bench import _ballots
from bench._servers import serving
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
from tools.databases import APP, OWNER, execute
from tracks.models import Edition

BALLOTS, AGAIN = 20_000, 5_000  # identities of the first run; of the second, each sent four times
HANDS, BARE = 8, 20_000
TARGET = 1000  # a second


def run() -> list[dict[str, Any]]:
    """Rows of the vote."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    session = hall_of(edition)
    bare = bare_inserts()
    guarded = guarded_inserts(session)
    before = live_count(session)
    with serving(DATABASE_CONN_MAX_AGE="60") as server:
        sent = requests(session, BALLOTS, 1, "fresh")
        busy = server.cpu
        fresh = _ballots.send(server.port, sent)
        each = (server.cpu - busy) / BALLOTS  # workers renewed meanwhile took theirs along: a lower bound
        first = live_count(session) - before
        again = _ballots.send(server.port, requests(session, AGAIN, 4, "again"))
        polls = _ballots.send(server.port, [poll(session)] * 10_000)
    me = User.objects.get(is_superuser=True)
    live.end(session, by=me)
    rate = fresh.statuses[200] / fresh.seconds
    p95 = statistics.quantiles(fresh.waits, n=20)[-1] * 1000
    once = live_count(session) - first - before
    everybody = before + BALLOTS + AGAIN
    counted = count_of(session).ballots + count_of(session).incomplete
    doubled = again.statuses[200] != AGAIN or once != AGAIN or again.statuses[409] != 3 * AGAIN
    return [
        row("bare inserts, 8 connections", bare, "/s", "as it is", ok=True),
        row("inserts with the window's guard", guarded, "/s", "as it is", ok=True),
        row("ballots taken, 2 gunicorn workers", rate, "/s", f"≥{TARGET} or near the limit", rate >= TARGET),
        row("… as a share of bare inserts", 100 * rate / bare, "%", "printed", ok=True),
        row("processor time a ballot in the workers", each, "ms", "printed", ok=True),
        row("ballot p95, 64 phones at once", p95, "ms", "≤500", p95 <= 500),
        row(
            "ballots lost", BALLOTS - fresh.statuses[200], "", "0",
            ok=fresh.statuses[200] == first == BALLOTS,
        ),
        row("identities counted of 5,000 that sent 20,000", once, "", str(AGAIN), ok=not doubled),
        row("ballots counted in the end", counted, "", str(everybody), counted == everybody),
        row("state polls, 304 or 200", sum(polls.statuses.values()) / polls.seconds, "/s", "≥300", polls.seconds < 33),
    ]  # fmt: skip


def row(name: str, value: float, unit: str, target: str, ok: bool) -> dict[str, Any]:
    """One figure."""
    return {"name": name, "value": round(value, 1), "unit": unit, "target": target, "ok": ok}


def hall_of(edition: Edition) -> Session:
    """A final of ten teams; everybody chooses three at the end."""
    me = User.objects.get(is_superuser=True)
    clock.set_now(REGISTERING)
    round_ = Round.objects.get(edition=edition, code="final", category__code="A")
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
    owner = os.environ["DATABASE_URL"].replace(f"//{APP}@", f"//{OWNER}@", 1)
    execute(owner, "CREATE TABLE bare_ballot (LIKE judging_ballot INCLUDING ALL)")
    execute(owner, f"GRANT INSERT, SELECT ON bare_ballot TO {APP}")
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
