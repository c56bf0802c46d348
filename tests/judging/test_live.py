"""The hall: draw, phases, clock, voting windows, reveal."""

import hashlib
import time

import pytest

from core.problems import Refused
from judging import live_state
from judging.live_state import look_now
from judging.models import Assignment, Session
from judging.rules.drawing import draw
from judging.services import closing, live, opening, pool, revealing
from judging.services.facts import count_of
from tests.judging import build, live_build
from tracks.models import Edition


@pytest.fixture
def hall(edition: Edition) -> Session:
    return live_build.session(edition)


def codes(refused: "pytest.ExceptionInfo[Refused]") -> list[str]:
    return refused.value.codes


def test_anybody_can_draw_the_order_again(hall: Session) -> None:
    works = [one.label for one in hall.round.candidates.all()]
    by_hand = sorted(works, key=lambda work: hashlib.sha256(f"{live_build.SEED}:{work}".encode()).hexdigest())
    assert [stop.label for stop in live_build.hall(hall).order] == by_hand
    assert [drawn.work for drawn in draw(live_build.SEED, reversed(works))] == by_hand


def test_a_seed_is_published_once(edition: Edition) -> None:
    round_, me = build.round_of(edition, "final"), build.organiser()
    build.candidates(round_, 2)
    made = live.save_session(round_, {}, by=me)
    with pytest.raises(Refused) as refused:
        live.draw_order(made, by=me)
    assert codes(refused) == ["seed.missing"]
    live.publish_seed(made, "1234", by=me)
    with pytest.raises(Refused) as refused:
        live.publish_seed(made, "1235", by=me)
    assert codes(refused) == ["seed.published"]
    live.draw_order(made, by=me)
    with pytest.raises(Refused) as refused:
        live.draw_order(made, by=me)
    assert codes(refused) == ["session.drawn"]


def test_only_a_roadshow_has_a_hall(edition: Edition) -> None:
    with pytest.raises(Refused) as refused:
        live.save_session(build.round_of(edition), {}, by=build.organiser())
    assert codes(refused) == ["session.kind"]


def test_every_change_is_seen(hall: Session) -> None:
    me, before = build.organiser(), live_build.hall(hall)
    live.go(hall, "pitch", hall.turns.get(position=2), by=me)
    seen = live_build.hall(hall)
    assert (seen.phase, seen.current and seen.current.position, seen.tag != before.tag) == ("pitch", 2, True)
    assert 298 <= (seen.seconds or 0) <= 300


def test_the_clock_stops_and_runs_on(hall: Session) -> None:
    me = build.organiser()
    live.go(hall, "pitch", hall.turns.get(position=1), by=me)
    live.pause(hall, by=me)
    assert live_build.hall(hall).left in (299, 300)
    live.add_time(hall, 60, by=me)
    live.pause(hall, by=me)
    seen = live_build.hall(hall)
    assert seen.left is None
    assert 355 <= (seen.seconds or 0) <= 360


def test_leaving_the_vote_closes_it(hall: Session) -> None:
    seen = live_build.voting(hall)
    assert seen.voting
    assert hall.turns.get(position=1).voting_opened_at
    live.go(hall, "pitch", hall.turns.get(position=2), by=build.organiser())
    assert not live_build.hall(hall).voting
    assert hall.turns.get(position=1).voting_closed_at


@pytest.mark.parametrize("phase", ["pitch", "reveal"])
def test_what_needs_something_first(hall: Session, phase: str) -> None:
    with pytest.raises(Refused) as refused:
        live.go(hall, phase, by=build.organiser())
    assert codes(refused) == [{"pitch": "session.no_turn", "reveal": "reveal.early"}[phase]]


def test_one_query_once_warm(hall: Session, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    live_build.hall(hall)
    with django_assert_num_queries(1):
        live_build.hall(hall)


HOUR = 3600.0  # seconds: no test runs that long


def seen_before(hall: Session) -> live_state.Hall:
    """Half an hour ago this process saw the hall."""
    seen = live_build.hall(hall)
    live_state._seen[hall.code, True] = live_state._Seen(time.monotonic() - HOUR / 2, seen)
    return seen


def test_while_one_thread_looks_the_others_show_what_it_saw_last(  # type: ignore[no-untyped-def]
    hall: Session, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    monkeypatch.setattr(live_state, "LATE", HOUR)
    seen = seen_before(hall)
    with live_state._looking, django_assert_num_queries(0):
        assert live_state.look(hall.code) is seen
    with django_assert_num_queries(1):
        assert live_state.look(hall.code) is not seen


def test_too_old_a_hall_is_shown_to_nobody(hall: Session) -> None:
    seen = seen_before(hall)
    with live_state._looking:
        assert live_state.look(hall.code) is not seen


def test_ballots_are_counted_for_screens_only(hall: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_state, "FRESH", HOUR)
    live_state.forget(hall.code)
    assert live_state.look(hall.code, counting=False).ballots is None  # type: ignore[union-attr]
    shown = live_state.look(hall.code)
    assert (shown.ballots, live_state.look(hall.code, counting=False)) == (0, shown)  # type: ignore[union-attr]


def test_a_withdrawn_work_is_shown_as_gone(hall: Session) -> None:
    live_build.hall(hall)
    first = hall.turns.get(position=1)
    pool.withdraw(first.candidate, reason="退出", by=build.organiser())
    assert [stop.gone for stop in live_build.hall(hall).order] == [True, False, False]


@pytest.fixture
def locked(edition: Edition) -> Session:
    """A final that was judged, voted on, ended and locked."""
    round_ = build.round_of(edition, "final")
    made = build.opened(round_, works=3, seats=2)
    opening.set_window(round_, opens_at=None, closes_at=None, reason="测试", by=build.organiser())
    made = list(Assignment.objects.filter(pk__in=[one.pk for one in made]).select_related("judge", "round"))
    hall = live_build.opened(round_)
    build.signed(made, [90, 80, 70, 90, 80, 70])
    with pytest.raises(Refused) as refused:
        closing.lock_round(round_, by=build.organiser())
    assert "session.live" in refused.value.codes
    live.end(hall, by=build.organiser())
    closing.lock_round(round_, by=build.organiser())
    hall.refresh_from_db()
    return hall


def test_the_reveal_goes_from_the_last_to_the_first(locked: Session) -> None:
    me = build.organiser()
    live.go(locked, "reveal", by=me)
    groups = revealing.groups(Session.objects.get(pk=locked.pk).round)
    assert [(group.prize, len(group.works)) for group in groups] == [("一等奖", 3)]
    revealing.reveal(locked, "next", by=me)
    assert look_now(locked.code).revealed == 1  # type: ignore[union-attr]
    revealing.reveal(locked, "level", by=me)
    revealing.reveal(locked, "next", by=me)
    assert look_now(locked.code).revealed == 3  # type: ignore[union-attr]
    revealing.reveal(locked, "back", by=me)
    assert look_now(locked.code).revealed == 2  # type: ignore[union-attr]


def test_a_locked_round_does_not_resume(locked: Session) -> None:
    with pytest.raises(Refused) as refused:
        live.resume(locked, by=build.organiser())
    assert codes(refused) == ["round.decided"]
    assert count_of(locked).ballots == 0
