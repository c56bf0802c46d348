"""Beginning, changing, entering and leaving."""

from datetime import timedelta

import pytest

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from registrations.rules.entering import EntryFacts, check_entry, check_shrinking, fixed_fields
from registrations.services import entering, teams
from tests.registrations import build as units

from .build import REGISTERING, TEXTS, claim, draft, entered, join, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def registering(edition):
    clock.set_now(REGISTERING)
    return edition


def refused(act, *args, **more):
    """The codes of the problems with which a service declines."""
    with pytest.raises(Refused) as found:
        act(*args, **more)
    return found.value.codes


# --- Begin ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["䶮䶮", "李㛃", "买买提·艾力"])
def test_a_name_stays_as_it_is_on_the_id(registering, name):
    assert draft(registering, person(name)).people.get().name == name


def test_dots_are_made_one(registering):
    assert draft(registering, person(), name="买买提•艾力").people.get().name == "买买提·艾力"


@pytest.mark.parametrize("name", ["{{ name }}", "王\x00", "http://x.test", "<b>王芳</b>", "王", ""])
def test_what_is_no_name_is_refused_at_its_field(registering, name):
    by = person(name="祝宇")
    values = {"kind": "individual", "track": registering.tracks.get(code="worker"), "categories": ["A"]}
    with pytest.raises(Refused) as found:
        entering.open_entry(registering, values | {"organisation": "无", "name": name or " "}, by=by)
    assert {problem.field for problem in found.value.problems} == {"representative"}


@pytest.mark.parametrize("text", ["看 https://x.test", "www.example.org", "{{ 7*7 }}", "点我 x.com", "<i>队</i>"])
@pytest.mark.parametrize("field", ["team_name", "organisation"])
def test_no_address_and_no_markup_reach_a_mail(registering, field, text):
    values = {"team_name": "智绘科普队"} | {field: text}
    assert refused(draft, registering, person(), **values) == [f"entry.{field}"]


def test_a_line_break_becomes_a_space(registering):
    assert draft(registering, person(), team_name="智绘\r\n科普队").team_name == "智绘 科普队"


@pytest.mark.parametrize(("day", "code"), [(10, "window.early"), (26, "window.late")])
def test_outside_the_window(registering, day, code):
    clock.set_now(REGISTERING.replace(day=day))
    assert refused(draft, registering, person()) == [code]


def test_one_entry_a_person(edition):
    by = person()
    entered(edition, by)
    assert refused(draft, edition, by, "university") == ["entry.twice"]


@pytest.mark.parametrize(
    ("state", "codes"), [("approved", ["entry.recommended"]), ("submitted", []), ("draft", []), ("withdrawn", [])]
)
def test_whom_a_unit_recommends(edition, state, codes):
    """A place that passed is claimed; one that waits is no reason to refuse (Q8)."""
    row = units.desk(edition).row(name="祝宇", phone="13800138001")
    for step in {"approved": ["submitted", "approved"], "withdrawn": ["submitted", "withdrawn"]}.get(state, [state]):
        type(row).objects.filter(pk=row.pk).update(state=step)
    clock.set_now(REGISTERING)
    try:
        draft(edition, person("祝宇"))
        said = []
    except Refused as found:
        said = found.codes
    assert said == codes


def test_the_name_as_typed_counts_too(edition):
    desk = units.desk(edition)
    desk.submit(row := desk.row(name="祝宇", phone="13800138001"))
    type(row).objects.filter(pk=row.pk).update(state="approved")
    clock.set_now(REGISTERING)
    assert refused(draft, edition, person("祝雨"), name="祝宇") == ["entry.recommended"]


# --- Change -----------------------------------------------------------------------------------------------


def test_a_draft_keeps_what_is_wrong(registering):
    entry = draft(registering, person())
    entry = entering.save_entry(entry, {"organisation": "", "categories": []}, by=person("经办", "13800138009"))
    assert (entry.organisation, entry.categories) == ("", [])


def test_what_was_entered_stays_right(edition):
    by = person()
    entry = entered(edition, by)
    assert refused(entering.save_entry, entry, {"organisation": ""}, by=by) == ["entry.organisation"]
    assert entering.save_entry(entry, {"organisation": "龙岗中学", "name": "祝宇"}, by=by).organisation == "龙岗中学"


def test_nobody_changes_track_behind_the_contact(edition):
    by = person()
    entry = entered(edition, by)
    other = {"track": edition.tracks.get(code="university")}
    assert refused(entering.save_entry, entry, other, by=by) == ["entry.fixed"]


def test_a_team_of_two_does_not_become_one(registering):
    by = person()
    team = draft(registering, by, team_name="智绘科普队")
    join(teams.invite(team, "member", by=by, name="胡燕"), by=person("胡燕", "13800138003"))
    assert refused(entering.save_entry, team, {"kind": "individual"}, by=by) == ["team.too_many"]


@pytest.mark.parametrize(
    ("state", "recommended", "fixed"),
    [
        ("draft", False, set()),
        ("draft", True, {"track", "kind", "team_name"}),
        ("entered", False, {"track", "kind"}),
    ],
)
def test_what_can_no_longer_be_chosen(state, recommended, fixed):
    assert fixed_fields(state, recommended=recommended) == fixed


@pytest.mark.parametrize(("instructors", "codes"), [(1, []), (2, ["team.too_many"])])
def test_a_category_with_fewer_instructors(instructors, codes):
    assert [p.code for p in check_shrinking("team", 3, instructors, 3, 1)] == codes


def test_one_category_where_the_edition_says_so(edition):
    facts = EntryFacts("individual", "", "无", ("A", "B"), "祝宇", recommended=False)
    track = edition.rulebook.track("worker")
    assert [p.code for p in check_entry(facts, track, {"A": "", "B": ""}, several=False)] == ["categories.one"]


# --- Enter ------------------------------------------------------------------------------------------------


def test_an_individual_enters(edition):
    entry = entered(edition, person())
    assert (entry.state, entry.members, entry.claims.get().state) == ("entered", 1, "submitted")


def test_every_problem_is_told_at_once(registering):
    by = person()
    entry = entering.save_entry(draft(registering, by), {"organisation": "", "categories": []}, by=by)
    assert refused(entering.enter, entry, by=by) == [
        "entry.organisation", "categories.none", "eligibility.none", "consent.missing", "consent.missing"
    ]  # fmt: skip


def test_the_last_second_counts(registering):
    by = person()
    entry = draft(registering, by)
    claim(entry)
    bound = registering.window("register").closes
    clock.set_now(bound)
    assert refused(entering.enter, entry, by=by, accepted=TEXTS) == ["window.late"]
    clock.set_now(bound - timedelta(seconds=30))
    assert entering.enter(entry, by=by, accepted=TEXTS).state == "entered"


def test_entering_twice_is_refused(edition):
    by = person()
    assert refused(entering.enter, entered(edition, by), by=by) == ["state.stale"]


# --- Leave ------------------------------------------------------------------------------------------------


def test_whoever_left_may_enter_anew(edition):
    by = person()
    entering.withdraw_entry(entered(edition, by), by=by)
    assert entered(edition, by, "university").members == 1


def test_everybody_else_learns_that_the_team_left(edition):
    by, contact = person(), units.contact(edition)
    clock.set_now(REGISTERING)
    team = draft(edition, by, team_name="智绘科普队")
    member = person("胡燕", "13800138003")
    join(teams.invite(team, "member", by=by, name="胡燕"), by=member)
    claim(team)
    entering.withdraw_entry(entering.enter(team, by=by, accepted=TEXTS), by=by, reason="临时出差")
    told = Notice.objects.filter(template="entry-withdrawn").values_list("recipient", flat=True)
    assert set(told) == {member.pk, contact.pk}
