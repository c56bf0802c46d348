"""Who is already there (Q7): as a rule, on submitting, and when two units are quicker than the rule."""

import threading
from functools import partial

import pytest
from django.db import IntegrityError

from core.database import violated
from core.problems import Refused
from core.states import move
from registrations.models import PERSON_CHECK, RecommendationRow
from registrations.rules import Twin, check_duplicates
from registrations.services import recommending, sheet
from registrations.services.facts import FormFacts
from tests.registrations import build
from tests.registrations.owner import as_owner
from tests.registrations.racing import race, told

PHONE, OTHER = "+8613800138000", "+8613800138001"


def twin(key: int = 2, **more: object) -> Twin:
    same = {"position": key, "name": "王芳", "phone": PHONE, "team": "", "holds": False}
    return Twin(key=key, **same | more)


@pytest.mark.parametrize(
    ("other", "codes"),
    [
        (twin(1), ["person.twice"]),
        (twin(1, phone=OTHER), []),
        (twin(3), []),  # the later draft gives way
        (twin(3, holds=True), ["person.twice"]),
        (twin(1, name="王方"), ["phone.shared"]),
        (twin(1, name="王方", unit="广州大学科协", holds=True), []),  # other units' phones are not our matter
        (twin(1, unit="广州大学科协", holds=True), ["person.twice"]),
        (twin(1, phone="12"), []),
    ],
)
def test_who_gives_way_to_whom(other, codes):
    assert [problem.code for problem in check_duplicates(twin(2), [other, twin(2)])] == codes


def test_a_confirmed_phone_asks_no_more():
    others = [twin(1, name="王方")]
    assert check_duplicates(twin(2, confirmed=True), others) == []


def test_a_team_twice_is_a_warning():
    team = "城南中学科技志愿服务分队"
    (problem,) = check_duplicates(twin(2, team=team), [twin(1, phone=OTHER, team=team)])
    assert (problem.code, problem.blocks) == ("team.twice", False)


def test_an_edition_may_only_warn():
    (problem,) = check_duplicates(twin(2), [twin(1)], "warn")
    assert (problem.code, problem.blocks) == ("person.twice", False)


def test_another_unit_is_named_but_not_its_row():
    (problem,) = check_duplicates(twin(2), [twin(1, unit="广州大学科协", holds=True)])
    assert problem.message.startswith("广州大学科协已经推荐了")
    assert [secret in problem.message for secret in ("王芳", "13800138000")] == [False, False]


# --- Submitting ---------------------------------------------------------------------------------------


def codes_of(act) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def test_the_same_person_in_two_units_is_refused(edition, desk):
    rival = build.desk(edition, "university", email="rival@example.test")
    rival.submitted(name="王芳", phone="13800138900")
    row = desk.row(name="王 芳", phone="138 0013 8900")
    assert codes_of(lambda: desk.submit(row)) == ["person.twice"]


def test_another_units_draft_says_nothing(edition, desk):
    rival = build.desk(edition, "university", email="rival@example.test")
    rival.row(name="王芳", phone="13800138900")
    desk.submitted(name="王芳", phone="13800138900")
    assert desk.states == ["submitted"]


def test_a_shared_phone_waits_for_the_clerks_word(desk):
    desk.submitted(phone="13800138900")
    row = desk.row(name="李芳", phone="13800138900")
    assert codes_of(lambda: desk.submit(row)) == ["phone.shared"]
    sheet.confirm_phone(row, by=desk.officer)
    desk.submit(row)
    assert desk.states == ["submitted", "submitted"]


def test_another_number_asks_again(desk):
    desk.row(phone="13800138900"), desk.row(phone="13800138901")
    row = desk.row(name="李芳", phone="13800138900")
    sheet.confirm_phone(row, by=desk.officer)
    row = recommending.save_row(desk.form, {"phone": "13800138901"}, by=desk.officer, row=row)
    assert codes_of(lambda: desk.submit(row)) == ["phone.shared"]


def test_a_withdrawn_person_may_be_recommended_by_another_unit(edition, desk):
    rival = build.desk(edition, "university", email="rival@example.test")
    (row,) = rival.submitted(name="王芳", phone="13800138900")
    recommending.withdraw_row(row, by=rival.officer)
    desk.submitted(name="王芳", phone="13800138900")
    recommending.restore_row(row, by=rival.officer)
    assert codes_of(lambda: rival.submit(row)) == ["person.twice"]


def test_the_database_refuses_by_itself(edition, desk):
    rival = build.desk(edition, "university", email="rival@example.test")
    desk.submitted(name="王芳", phone="13800138900")
    row = rival.row(name="王芳", phone="13800138900")
    with pytest.raises(IntegrityError, match="one_place_a_person"):
        RecommendationRow.objects.filter(pk=row.pk).update(state="submitted")


@pytest.mark.django_db(transaction=True)
def test_two_units_race_for_the_same_people(edition):
    """Each submits the same five people, the one in this order, the other in that: one wins, the other is told."""
    desks = [build.desk(edition, kind, email=f"{kind}@example.test") for kind in ("county", "university")]
    people = [{"name": f"王{name}", "phone": f"1380013890{i}"} for i, name in enumerate("甲乙丙丁戊")]
    rows = [[desk.row(**person) for person in order] for desk, order in zip(desks, (people, people[::-1]), strict=True)]
    first, second = (lambda d=d, r=r: d.submit(*r) for d, r in zip(desks, rows, strict=True))
    assert told(race(first, second)) == {"ok": 1, "person.twice person.twice person.twice person.twice person.twice": 1}


def look_then_write(desk: build.Desk, row: RecommendationRow, looked: threading.Barrier) -> None:
    """The rule alone: both look before either writes."""
    problems = recommending.submission_problems(FormFacts(desk.form), [row])
    looked.wait(timeout=60)
    if not problems:
        move(row, "submit")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_the_race_is_real_and_the_index_is_what_stops_it(edition, guarded):
    desks = [build.desk(edition, kind, email=f"{kind}@example.test") for kind in ("county", "university")]
    rows, looked = [desk.row(name="王芳", phone="13800138900") for desk in desks], threading.Barrier(2)
    if not guarded:
        as_owner(f"DROP INDEX {PERSON_CHECK}")
    outcomes = race(*[partial(look_then_write, *pair, looked) for pair in zip(desks, rows, strict=True)])
    refused = [violated(outcome) for outcome in outcomes if isinstance(outcome, IntegrityError)]
    submitted = [state for desk in desks for state in desk.states].count("submitted")
    assert (submitted, refused) == ((1, [PERSON_CHECK]) if guarded else (2, []))
