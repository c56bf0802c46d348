"""Reminders before deadlines, 催报 by a click, and places handed back: each told once, to whoever can act."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from registrations import tasks
from registrations.models import UnitQuota
from registrations.rules.reminders import correction_is_near, due_reminder
from registrations.services import adoption, extending, recommending, reminders, reviewing, units
from tests.registrations import build
from tests.registrations.staff import signed_in
from tracks.rulebook import Window

pytestmark = pytest.mark.django_db
CLOSES = datetime(2024, 12, 15, 17, 0, 1, tzinfo=clock.BEIJING)
WINDOW = Window("recommend", None, CLOSES)


def told(template: str) -> int:
    return Notice.objects.filter(template=template).count()


@pytest.mark.parametrize(("days", "due"), [(8, None), (7, 7), (2, 7), (1, 1), (0.1, 1), (0, None), (-1, None)])
def test_the_latest_reminder_is_due(days, due):
    assert due_reminder(WINDOW, CLOSES - timedelta(days=days)) == due


@pytest.mark.parametrize(("hours", "near"), [(25, False), (24, True), (1, True), (0, False)])
def test_a_correction_is_near_on_its_last_day(hours, near):
    assert correction_is_near(CLOSES, CLOSES - timedelta(hours=hours)) == near


def test_each_deadline_is_told_once(desk):
    counts = [
        reminders.remind(CLOSES - timedelta(days=days, hours=hour)) and told("deadline-near")
        for days, hour in [(7, 1), (7, 0), (6, 0), (1, 0), (0, 1)]
    ]
    assert (counts, told("deadline-near")) == ([0, 1, 0, 2, 0], 2)


def test_who_has_submitted_is_left_in_peace(desk):
    desk.submitted()
    reminders.remind(CLOSES - timedelta(days=7))
    assert told("deadline-near") == 0


def test_an_extension_moves_the_reminder(edition, desk):
    later = CLOSES + timedelta(days=3)
    extending.extend(desk.quota, later, reason="来函", by=build.contact(edition))
    assert reminders.remind(CLOSES - timedelta(days=1)) == 1  # seven days before its own deadline have begun
    reminders.remind(later - timedelta(days=1))
    occasions = Notice.objects.filter(template="deadline-near").order_by("pk").values_list("occasion", flat=True)
    assert list(occasions) == ["7-days-20241218", "1-days-20241218"]


def test_the_invited_are_reminded_by_their_invitation(edition):
    units.invite_officer(build.unit(), by=None, email="clerk@example.test")
    assert [reminders.remind(CLOSES - timedelta(days=7)) for _ in range(2)] == [1, 0]
    assert (told("officer-invited"), told("deadline-near")) == (2, 0)


def test_returned_rows_are_reminded_a_day_before(edition, desk):
    by, rows = build.contact(edition), desk.submitted(2)
    for row in rows:
        reviewing.return_row(row, reason="校名不全", by=by)
    until = rows[0].correct_until
    found = [reminders.remind(until - timedelta(hours=hours)) and told("correction-near") for hours in (30, 24, 2)]
    assert (found, Notice.objects.get(template="correction-near").subject.count("2 行")) == ([0, 1, 1], 1)


def test_a_slot_is_taken_once(desk):
    clock.set_now(CLOSES - timedelta(days=1))
    tasks.remind(), tasks.remind()
    assert told("deadline-near") == 1


def test_urging_rests_for_a_day(edition, desk):
    by = build.contact(edition)
    reminders.urge(desk.quota, by=by)
    with pytest.raises(Refused) as refused:
        reminders.urge(desk.quota, by=by)
    clock.set_now(clock.now() + timedelta(hours=24))
    reminders.urge(desk.quota, by=by)
    assert (refused.value.codes, told("report-urged")) == (["urge.too_soon"], 2)


def test_urging_says_why_not(edition, desk):
    by, other = build.contact(edition), build.desk(edition, "university", email="b@example.test")
    mute = UnitQuota.objects.get(unit=build.unit("society"))
    desk.submitted()
    with pytest.raises(Refused) as nobody:
        reminders.urge(mute, by=by)
    clock.set_now(CLOSES)
    with pytest.raises(Refused) as closed:
        reminders.urge(other.quota, by=by)
    with pytest.raises(Refused) as submitted:
        reminders.urge(desk.quota, by=by)
    assert [e.value.codes for e in (nobody, closed, submitted)] == [
        ["urge.nobody"],
        ["urge.closed"],
        ["urge.submitted"],
    ]


def test_many_are_urged_from_the_list(edition, desk):
    build.desk(edition, "pilot", email="b@example.test").submitted()
    page = signed_in(build.contact(edition))
    url = reverse("admin:registrations_unitquota_changelist")
    chosen = {"action": "urge_selected", "_selected_action": list(UnitQuota.objects.values_list("pk", flat=True))}
    listed = page.post(url, chosen).content.decode()
    assert ("催报 1 个单位" in listed, "已经提交 1 行" in listed, "通知预览" in listed, told("report-urged")) == (
        True, True, True, 0,
    )  # fmt: skip
    page.post(url, chosen | {"confirmed": "yes"})
    assert told("report-urged") == 1


def test_a_contact_urges_own_units_only(edition, desk):
    page = signed_in(build.contact(edition, "university"))
    assert page.get(reverse("admin:registrations_unitquota_urge_one", args=[desk.quota.pk])).status_code == 404


def test_places_handed_back_reach_the_contact(edition, desk):
    by = build.contact(edition)
    build.contact(edition, "university")
    adoption.return_places(desk.quota, 3, by=desk.officer)
    notice = Notice.objects.get(template="places-returned")
    assert (notice.recipient, notice.subject) == (by, "韶关市始兴县科学技术协会提前退回 3 个名额")


@pytest.mark.parametrize("count", [1, 3])
def test_looking_round_costs_the_same_for_many(edition, count, django_assert_max_num_queries):
    for number in range(count):
        desk = build.desk(edition, "county", name=f"第{number}县科协", email=f"{number}@example.test")
        recommending.form_of(desk.unit, edition)
    reminders.remind(CLOSES - timedelta(days=7))
    with django_assert_max_num_queries(14):
        assert reminders.remind(CLOSES - timedelta(days=6)) == 0
