"""Scores while the round is being locked (R18): none arrives after the snapshot; without the guard some do."""

import random
import time
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction

from core import clock
from core.problems import Refused
from judging import invariants
from judging.guards import LOCK_SPACE
from judging.models import Assignment, Judge, Round, ScoreSheet, Snapshot
from judging.rules import ranking
from judging.services import closing, scoring
from tests.contest import load_guangdong
from tests.judging import build
from tests.registrations.owner import as_owner
from tests.registrations.racing import race, told, wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def prepared(seats: int, works: int) -> tuple[Round, list[list[Assignment]]]:
    """An open round; each judge's assignments, submitted and waiting for the signature, one signed already."""
    round_ = build.round_of(load_guangdong())
    made = build.opened(round_, works=works, seats=seats)
    by_judge: dict[int, list[Assignment]] = {}
    for one in made:
        by_judge.setdefault(one.judge_id, []).append(one)
    for mine in by_judge.values():
        for one in mine:
            build.score(one)
    first = next(iter(by_judge.values()))
    scoring.sign(first[0].judge, by=first[0].judge.user)
    return build.round_of(round_.edition), list(by_judge.values())


def sign(mine: list[Assignment], pause: float) -> None:
    time.sleep(pause)
    scoring.sign(mine[0].judge, by=mine[0].judge.user)


def late(round_: Round) -> int:
    """Sheets that count now and are not in the snapshot."""
    return round_.sheets.counted().count() - round_.snapshots.get().sheets


def test_no_signature_arrives_after_the_snapshot() -> None:
    round_, judges = prepared(seats=9, works=3)
    lock = partial(closing.lock_round, round_, by=build.organiser(), reason="到时间了")
    outcomes = race(lock, *[partial(sign, mine, n * 0.01) for n, mine in enumerate(judges[1:])])
    assert set(told(outcomes)) <= {"ok", "round.closed"}, told(outcomes)
    assert late(round_) == 0


@pytest.mark.soak
def test_scores_while_the_round_is_being_locked(soak: bool) -> None:
    """R18: by the long form 1,440 signatures over 24 connections while the round is locked, 50 times over.

    Each is one sheet's, so that hundreds stand on both sides of every lock; between two locks two persons unlock, and
    the owner takes the signatures back.
    """
    round_, _ = prepared(seats=48 if soak else 6, works=30 if soak else 4)
    chance, boss, other = random.Random(7), build.organiser(), build.organiser("second@example.test")
    waits, before = [], []
    for turn in range(50 if soak else 2):
        if turn:
            closing.answer_unlock(closing.ask_unlock(round_, reason="再来一次", by=boss), agree=True, by=other)
            unsign(round_)
        round_.refresh_from_db()
        already = round_.sheets.counted().count()
        keys = list(round_.sheets.filter(state="submitted").values_list("pk", flat=True))
        chance.shuffle(keys)
        pause = chance.random() * (1.5 if soak else 0.05)
        outcomes = race(partial(locked, round_, pause, waits), *[partial(sign_each, keys[n::24]) for n in range(24)])
        assert not [found for found in outcomes[1:] if isinstance(found, Exception)], outcomes
        signed, refused = map(sum, zip(*outcomes[1:], strict=True))
        snapshot = round_.snapshots.first()
        assert snapshot
        assert signed + refused == len(keys)
        assert round_.sheets.counted().count() == snapshot.sheets == signed + already
        assert [row.score for row in snapshot.rows.all()] == [row.score for row in recomputed(snapshot)]
        before.append(signed)
    assert dict(invariants.invariants())["快照与其指纹相符，名次可以重算"] == []
    print(f"signed before the lock: {min(before)} to {max(before)}; the lock took {max(waits) * 1000:.0f} ms at most")


def sign_each(keys: list[int]) -> tuple[int, int]:
    """(taken, refused since the round is closed), each sheet in a transaction of its own, past the services."""
    taken = refused = 0
    for key in keys:
        try:
            with scoring.guards_in_words(), transaction.atomic():
                ScoreSheet.objects.filter(pk=key, state="submitted").update(state="signed", signed_at=clock.now())
            taken += 1
        except Refused as error:
            if error.codes != ["round.closed"]:
                raise
            refused += 1
    return taken, refused


def locked(round_: Round, pause: float, waits: list[float]) -> None:
    """Lock after a while; how long the writers kept it waiting."""
    time.sleep(pause)
    with transaction.atomic():
        began = time.perf_counter()
        closing.hold(round_)
        waits.append(time.perf_counter() - began)
        closing.lock_round(round_, by=build.organiser(), reason="到时间了")


def unsign(round_: Round) -> None:
    """What nobody but the owner can do: signed sheets as they were before, one of them left."""
    first = round_.sheets.filter(state="signed").order_by("pk")[0].pk
    as_owner(
        "ALTER TABLE judging_scoresheet DISABLE TRIGGER USER",
        f"UPDATE judging_scoresheet SET state = 'submitted', signed_at = NULL WHERE state = 'signed' AND id <> {first}",
        "ALTER TABLE judging_scoresheet ENABLE TRIGGER USER",
    )


def recomputed(snapshot: Snapshot) -> list[ranking.Row]:
    """The ranking of the snapshot's own inputs, made anew."""
    return list(ranking.rank(ranking.inputs_from(snapshot.inputs)).rows)


def meets_a_score(round_: Round, judge: Judge, *, guarded: bool = True) -> dict[str, int]:
    """A lock begins while a signature stands between its check and its commit; that comes when the lock waits for it,
    or has not waited and is done."""
    signed, locked = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            scoring.sign(judge, by=judge.user)
            signed.set()
            if guarded:
                wait_for_waiting(1)
            else:
                assert locked.wait(60)

    def lock() -> None:
        assert signed.wait(60)
        closing.lock_round(round_, by=build.organiser(), reason="到时间了")
        locked.set()

    return told(race(slow, lock))


def test_a_lock_waits_for_the_score_being_written() -> None:
    """The lock comes after the score, and counts it."""
    round_, judges = prepared(seats=2, works=1)
    assert meets_a_score(round_, judges[1][0].judge) == {"ok": 2}
    assert (round_.snapshots.get().sheets, late(round_)) == (2, 0)


def test_without_the_shared_lock_a_score_arrives_late() -> None:
    """The same, with the guard reading the state and not waiting: the score is there and the snapshot lacks it."""
    round_, judges = prepared(seats=2, works=1)
    unguard()
    assert meets_a_score(round_, judges[1][0].judge, guarded=False) == {"ok": 2}
    assert late(round_) == 1


def test_a_server_that_dies_while_freezing_leaves_the_round_open() -> None:
    """Its connection is cut in the middle: neither locked nor a snapshot, and scores go on."""
    round_, judges = prepared(seats=2, works=1)

    def dies() -> None:
        with transaction.atomic():
            closing.lock_round(round_, by=build.organiser(), reason="到时间了")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            as_owner(f"SELECT pg_terminate_backend({pid})")
            Round.objects.count()

    assert "OperationalError" in next(iter(told(race(dies))))
    round_.refresh_from_db()
    assert (round_.state, round_.snapshots.count()) == ("open", 0)
    scoring.sign(judges[1][0].judge, by=judges[1][0].judge.user)
    assert closing.lock_round(round_, by=build.organiser()).sheets == 2


def test_one_pair_of_tabs_makes_one_sheet() -> None:
    """Two tabs begin the same sheet at the same moment."""
    round_ = build.round_of(load_guangdong())
    one = build.opened(round_, works=1, seats=1)[0]
    outcomes = race(*[partial(build.score, one, points) for points in (70, 90)])
    assert all(not isinstance(found, Exception) or isinstance(found, Refused) for found in outcomes), outcomes
    assert ScoreSheet.objects.count() == 1
    assert len(set(ScoreSheet.objects.get().marks.values_list("points", flat=True))) == 1


def unguard() -> None:
    """Take the advisory lock out of the triggers; everything else of them stays."""
    calls = f"pg_advisory_xact_lock_shared({LOCK_SPACE}, its_round::int)"
    for (definition,) in as_owner(
        "SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
        f"WHERE nspname = 'public' AND prosrc LIKE '%{calls}%'"
    ):
        as_owner(str(definition).replace(f"PERFORM {calls};", ""))
