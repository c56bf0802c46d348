"""Places under many hands at once (R1–R3): the database holds them, and nobody meets a deadlock."""

import random
import threading
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.database import violated
from core.problems import Refused
from core.states import move
from registrations.invariants import invariants
from registrations.models import PLACES_CHECK, RecommendationRow, UnitQuota
from registrations.services import recommending, reviewing
from registrations.services.adoption import set_limit
from tests.contest import load_guangdong
from tests.registrations import build
from tests.registrations.owner import as_owner
from tests.registrations.racing import race, told

COUNT_PLACES = next(t for t in RecommendationRow._meta.triggers if t.name == "count_places").get_pgid(RecommendationRow)


def broken() -> list[str]:
    """Every invariant that does not hold."""
    return [name for name, wrong in invariants() if wrong]


def places() -> list[tuple[int, int]]:
    """(taken, rows that hold a place) of each unit."""
    quotas = UnitQuota.objects.order_by("pk")
    return [
        (q.taken, RecommendationRow.objects.holding().filter(recommendation__unit=q.unit_id).count()) for q in quotas
    ]


# --- One place, many hands ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_place_left_and_64_connections():
    desk = build.desk(load_guangdong(), "base")
    rows = desk.rows(64)
    outcomes = race(*[partial(recommending.submit_rows, desk.form, [row], by=desk.officer) for row in rows])
    assert told(outcomes) == {"ok": 1, "places.exceeded": 63}
    refusals = {str(outcome) for outcome in outcomes if isinstance(outcome, Refused)}
    assert refusals == {"还可推荐 0 个，本次 1 个，请移出 1 个，留作草稿"}
    assert (places(), broken()) == ([(1, 1)], [])


def count_then_write(desk: build.Desk, row: RecommendationRow, counted: threading.Barrier) -> None:
    """What a hasty programmer writes: everybody counts before anybody writes."""
    free = desk.form.rows.holding().count() < desk.quota.limit
    counted.wait(timeout=60)
    if free:
        move(row, "submit")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_the_race_is_real_and_the_trigger_is_what_stops_it(guarded):
    desk = build.desk(load_guangdong(), "base")
    rows, counted = desk.rows(16), threading.Barrier(16)
    if not guarded:
        as_owner(f"ALTER TABLE registrations_recommendationrow DISABLE TRIGGER {COUNT_PLACES}")
    outcomes = race(*[partial(count_then_write, desk, row, counted) for row in rows])
    refused = [violated(outcome) for outcome in outcomes if isinstance(outcome, IntegrityError)]
    assert (desk.states.count("submitted"), refused) == ((1, [PLACES_CHECK] * 15) if guarded else (16, []))


@pytest.mark.django_db(transaction=True)
def test_a_refusal_by_the_check_reads_like_the_rules():
    desk = build.desk(load_guangdong(), "base")
    row, narrower = desk.row(), f"ADD CONSTRAINT {PLACES_CHECK} CHECK (taken <= 0)"  # than what the rule was told
    as_owner(f"ALTER TABLE registrations_unitquota DROP CONSTRAINT {PLACES_CHECK}, {narrower}")
    with pytest.raises(Refused) as refused:
        desk.submit(row)
    assert (refused.value.problems, desk.states) == ([recommending.PLACES_GONE], ["draft"])


# --- Many units, every verb ---------------------------------------------------------------------------


def busy(desks: list[build.Desk], seed: int, acts: int) -> list[str]:
    """Submit, withdraw, restore, return and approve rows of any unit; what went wrong that a clerk should not see."""
    chance, seen = random.Random(seed), []
    for _ in range(acts):
        desk = chance.choice(desks)
        rows = list(desk.form.rows.order_by("pk"))
        some, one = chance.sample(rows, 2), chance.choice(rows)
        act = chance.choice(
            [
                partial(recommending.submit_rows, desk.form, some, by=desk.officer),
                partial(recommending.submit_rows, desk.form, [one], by=desk.officer),
                partial(recommending.withdraw_row, one, by=desk.officer),
                partial(recommending.restore_row, one, by=desk.officer),
                partial(reviewing.return_row, one, reason="校名不全", by=desk.officer),
                partial(reviewing.approve_row, one, by=desk.officer),
            ]
        )
        try:
            act()
        except Refused:
            pass
        except Exception as error:
            seen.append(f"{type(error).__name__}: {error}")
    return seen


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_ten_units_under_32_hands(soak):
    edition = load_guangdong()
    desks = [build.desk(edition, "society", f"广东省第{n}学会", f"officer{n}@example.test") for n in range(10)]
    for desk in desks:
        desk.rows(5)  # for 3 places
    acts = 200 if soak else 8
    outcomes = race(*[partial(busy, desks, seed, acts) for seed in range(32)])
    assert [error for seen in outcomes for error in (seen if isinstance(seen, list) else [seen])] == []
    assert [(taken, held, taken <= 3) for taken, held in places()] == [(held, held, True) for _, held in places()]
    assert broken() == []


# --- Any order of deeds -------------------------------------------------------------------------------


class Places(RuleBasedStateMachine):
    """A unit's rows and limit, done to in any order; a plain dictionary says what must come of it."""

    rows = Bundle("rows")

    desk: build.Desk  # made once, by the test

    @initialize()
    def begin(self) -> None:
        self.limit, self.states, self.before = 3, {}, transaction.savepoint()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @property
    def held(self) -> int:
        return sum(state in ("submitted", "returned", "approved") for state in self.states.values())

    def does(self, act, verb: str, row: RecommendationRow, *, fits: bool = True) -> None:
        """The deed succeeds exactly when the row's state and the places allow it."""
        transition = RecommendationRow.STATES[verb]
        allowed = self.states[row.pk] in transition.sources and fits
        try:
            act()
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.states[row.pk] = transition.target

    @rule(target=rows)
    def add(self):
        row = self.desk.row()
        self.states[row.pk] = "draft"
        return row

    @rule(row=rows)
    def submit(self, row):
        fits = self.states[row.pk] == "returned" or self.held < self.limit
        self.does(lambda: self.desk.submit(row), "submit", row, fits=fits)

    @rule(row=rows)
    def withdraw(self, row):
        self.does(lambda: recommending.withdraw_row(row, by=self.desk.officer), "withdraw", row)

    @rule(row=rows)
    def restore(self, row):
        self.does(lambda: recommending.restore_row(row, by=self.desk.officer), "restore", row)

    @rule(row=rows)
    def give_back(self, row):
        self.does(lambda: reviewing.return_row(row, reason="校名不全", by=self.desk.officer), "return", row)

    @rule(row=rows)
    def approve(self, row):
        self.does(lambda: reviewing.approve_row(row, by=self.desk.officer), "approve", row)

    @rule(row=consumes(rows))
    def delete(self, row):
        gone = self.states[row.pk] == "draft"
        try:
            recommending.delete_row(row, by=self.desk.officer)
        except Refused:
            assert not gone
        else:
            assert gone
            del self.states[row.pk]

    @rule(limit=st.one_of(st.none(), st.integers(0, 4)))
    def set_limit(self, limit):
        try:
            set_limit(self.desk.quota, limit, reason="试", by=self.desk.officer)
        except Refused:
            assert (limit or 0) < self.held
        else:
            assert (limit or 0) >= self.held
            self.limit = limit or 0

    @invariant()
    def database_agrees(self) -> None:
        quota = self.desk.quota
        stored = dict(RecommendationRow.objects.values_list("pk", "state"))
        assert (quota.taken, quota.limit or 0, stored) == (self.held, self.limit, self.states)


@pytest.mark.soak
def test_no_order_of_deeds_loses_or_gains_a_place(edition, soak):
    Places.desk = build.desk(edition, "society")
    runs = settings(max_examples=5000 if soak else 30, stateful_step_count=20, deadline=None, database=None)
    run_state_machine_as_test(Places, settings=runs)
