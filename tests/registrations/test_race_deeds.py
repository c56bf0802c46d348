"""Deeds of every kind at once and in any order (R3): no place lost or gained, and nobody meets a deadlock."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count

import pytest
from django.db import IntegrityError, OperationalError, transaction
from hypothesis import Phase, settings
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

from aisc_portal import editions
from aisc_portal.demo import start_of
from core import clock
from core.database import violated
from core.problems import Refused
from registrations.models import PERSON_CHECK, PLACES_CHECK, RecommendationRow, UnitQuota
from registrations.services import recommending, reviewing
from registrations.services.adoption import return_places, set_limit
from tests.contest import GUANGDONG, load_guangdong
from tests.registrations import build
from tests.registrations.owner import stop_counting
from tests.registrations.racing import broken, crowd, race, told, wait_for_waiting
from tracks.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)


def unstamped() -> Edition:
    """The contest without stamps, so that any submitted row may pass."""
    asked = "stamped_scan_required = { undecided = true, default = true"
    text = GUANGDONG.read_text(encoding="utf-8")
    assert asked in text
    editions.load(text.replace(asked, asked.replace("default = true", "default = false")))
    edition = Edition.objects.get(is_current=True)
    clock.set_now(start_of(edition))
    return edition


# --- Many units, every verb ---------------------------------------------------------------------------


def in_bulk(row: RecommendationRow, state: str) -> None:
    """A script that asks nobody."""
    try:
        RecommendationRow.objects.filter(pk=row.pk, state=row.state).update(state=state, submitted_at=clock.now())
    except IntegrityError as error:
        if violated(error) not in (PLACES_CHECK, PERSON_CHECK):
            raise


def busy(desks: list[build.Desk], seed: int, acts: int) -> None:
    """Do anything to rows and places of any unit; what a rule refuses is refused."""
    chance = random.Random(seed)
    for _ in range(acts):
        with suppress(Refused):
            deed_of(chance, chance.choice(desks))()


def deed_of(chance: random.Random, desk: build.Desk) -> Callable[[], object]:
    """One of all the things that can be done."""
    rows, by = list(desk.form.rows.order_by("pk")), desk.officer
    if len(rows) < 3:
        return partial(desk.rows, 2)
    one, quota, mended = chance.choice(rows), desk.quota, {"organisation": f"城南第{chance.random()}中学"}
    deeds = [
        (4, partial(recommending.submit_rows, desk.form, chance.sample(rows, 2), by=by)),
        (4, partial(recommending.submit_rows, desk.form, [one], by=by)),
        (3, partial(recommending.withdraw_row, one, by=by)),
        (3, partial(recommending.restore_row, one, by=by)),
        (2, partial(reviewing.return_row, one, reason="校名不全", by=by)),
        (2, partial(reviewing.approve_row, one, by=by)),
        (2, partial(in_bulk, one, {"draft": "submitted", "withdrawn": "draft"}.get(one.state, "withdrawn"))),
        (1, partial(recommending.delete_row, one, by=by)),
        (2, partial(recommending.save_row, desk.form, mended, by=by, row=one)),
        (2, partial(set_limit, quota, chance.randint(0, 5), reason="试", by=by)),
        (1, partial(return_places, quota, 1, by=by)),
    ]
    return chance.choices([deed for _, deed in deeds], [often for often, _ in deeds])[0]


@pytest.mark.soak
def test_ten_units_under_32_hands(soak):
    edition = unstamped()
    desks = [build.desk(edition, "society", f"广东省第{n}学会", f"officer{n}@example.test") for n in range(10)]
    for desk in desks:
        desk.rows(5)  # for 3 places
    acts = [partial(busy, desks, seed, 200 if soak else 6) for seed in range(32)]
    assert {seen.told for seen in crowd(acts, hands=32)} == {"ok"}
    assert [(q.taken, q.taken <= (q.limit or 0)) for q in quotas()] == [(held(q), True) for q in quotas()]
    assert broken() == []


def quotas() -> list[UnitQuota]:
    return list(UnitQuota.objects.order_by("pk"))


def held(quota: UnitQuota) -> int:
    return RecommendationRow.objects.holding().filter(recommendation__unit=quota.unit_id).count()


# --- Why rows are locked before their places ------------------------------------------------------------


@pytest.mark.parametrize("rows_first", [True, False])
def test_another_order_of_locks_meets_a_deadlock(rows_first):
    """A bulk write has its row before the trigger wants the places; whoever comes the other way gets stuck."""
    desk = build.desk(load_guangdong(), "society")
    row = desk.row()
    the_row = RecommendationRow.objects.select_for_update(no_key=True).filter(pk=row.pk)
    the_places = UnitQuota.objects.select_for_update(no_key=True).filter(pk=desk.quota.pk)
    first, second = (the_row, the_places) if rows_first else (the_places, the_row)
    with ThreadPoolExecutor(1) as aside:
        try:
            with transaction.atomic():
                list(first)
                bulk = aside.submit(race, partial(in_bulk, row, "submitted"))
                wait_for_waiting(1)
                list(second)
            mine = ""
        except OperationalError as error:
            mine = str(error)
        theirs = str(bulk.result(timeout=60)[0] or "")
    assert ("deadlock" in mine + theirs) is not rows_first


def test_whoever_submits_has_the_rows_before_the_places():
    desk = build.desk(load_guangdong(), "society")
    row = desk.row()
    with ThreadPoolExecutor(1) as aside:
        with transaction.atomic():  # a bulk write has its row, and will want the places
            list(RecommendationRow.objects.select_for_update(no_key=True).filter(pk=row.pk))
            clerk = aside.submit(race, partial(desk.submit, row))
            wait_for_waiting(1)
            in_bulk(row, "submitted")
        assert told(clerk.result(timeout=60)) == {"row.locked": 1}


# --- Any order of deeds -------------------------------------------------------------------------------


class Places(RuleBasedStateMachine):
    """A unit's rows and limit, done to in any order; a plain dictionary says what must come of it."""

    rows = Bundle("rows")

    desk: build.Desk  # made once, by the test

    @initialize()
    def begin(self) -> None:
        self.limit, self.states, self.before = 3, {}, transaction.savepoint()
        self.words = (f"第 {n} 次说明" for n in count(1))

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
        returned = self.states[row.pk] == "returned"
        if returned:  # a word is asked of the clerk, or a change
            recommending.save_row(self.desk.form, {"reply": next(self.words)}, by=self.desk.officer, row=row)
            row.refresh_from_db()  # who decides next has seen the reply
        fits = returned or self.held < self.limit
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

    @rule(places=st.integers(1, 2))
    def return_places(self, places):
        try:
            return_places(self.desk.quota, places, by=self.desk.officer)
        except Refused:
            assert places > self.limit - self.held
        else:
            self.limit -= places
            assert self.limit >= self.held

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
@pytest.mark.parametrize("guarded", [True, False])
def test_no_order_of_deeds_loses_or_gains_a_place(soak, guarded):
    Places.desk = build.desk(unstamped(), "society")
    runs = settings(max_examples=5000 if soak else 15, stateful_step_count=20, deadline=None, database=None)
    if guarded:
        with transaction.atomic():
            run_state_machine_as_test(Places, settings=runs)
        return
    stop_counting()
    with transaction.atomic(), pytest.raises(AssertionError):
        run_state_machine_as_test(Places, settings=settings(runs, phases=[Phase.generate]))
