"""What a track's contact decides: pass, or return for correction with a reason (Q32)."""

from datetime import datetime

import pytest

from core import clock
from core.audit.timeline import timeline
from core.notices.models import Notice
from core.problems import Refused
from core.states import StaleState
from registrations.models import RecommendationRow
from registrations.services import recommending, reviewing
from tests.registrations import build


@pytest.fixture
def contact(edition):
    return build.contact(edition)


def test_passing_keeps_the_place_and_tells_the_unit(desk, contact):
    (row,) = desk.stamped()
    reviewing.approve_row(row, by=contact)
    row.refresh_from_db()
    letter = Notice.objects.get(template="row-approved")
    assert (row.state, row.decided_at <= clock.now(), desk.quota.taken) == ("approved", True, 1)
    assert (letter.address, timeline(row)[0].who) == (desk.officer.email, contact.real_name)


def test_returning_gives_the_reason_and_three_working_days(desk, contact):
    (row,) = desk.submitted()
    reviewing.return_row(row, reason=" 校名不全 ", by=contact)
    row.refresh_from_db()
    letter = Notice.objects.get(template="row-returned").text
    assert (row.state, row.review_note, desk.quota.taken) == ("returned", "校名不全", 1)
    assert row.correct_until == datetime(2024, 12, 14, tzinfo=clock.BEIJING)  # Tuesday: Wed, Thu, Fri; exclusive
    assert ("校名不全" in letter, "12 月 13 日" in letter) == (True, True)


@pytest.mark.parametrize(
    ("returned", "due"),
    [
        (datetime(2024, 12, 13, 23, 59), datetime(2024, 12, 19)),  # Friday night: Mon, Tue, Wed
        (datetime(2024, 9, 30, 9), datetime(2024, 10, 11)),  # National Day: 10-08, 09, 10
        (datetime(2024, 9, 27, 9), datetime(2024, 10, 9)),  # 09-29 is a make-up Sunday: 29, 30, 10-08
        (datetime(2024, 12, 30, 9), datetime(2025, 1, 4)),  # New Year's Day off: 31, 2, 3
    ],
)
def test_working_days(desk, returned, due):
    row = desk.row()
    clock.set_now(returned.replace(tzinfo=clock.BEIJING))
    assert reviewing.correction_deadline(row) == due.replace(tzinfo=clock.BEIJING)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_return_needs_a_reason(desk, contact, reason):
    (row,) = desk.submitted()
    with pytest.raises(Refused) as refusal:
        reviewing.return_row(row, reason=reason, by=contact)
    assert (refusal.value.codes, desk.states) == (["review.no_reason"], ["submitted"])


def test_the_second_decision_is_stale(desk, contact):
    (row,) = desk.stamped()
    seen_by_another = RecommendationRow.objects.get(pk=row.pk)
    reviewing.approve_row(row, by=contact)
    with pytest.raises(StaleState, match="已通过"):
        reviewing.approve_row(seen_by_another, by=contact)
    with pytest.raises(StaleState, match="已通过"):
        reviewing.return_row(seen_by_another, reason="校名不全", by=contact)
    assert (desk.states, Notice.objects.filter(template="row-approved").count()) == (["approved"], 1)


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_only_what_was_submitted_is_decided(desk, contact, verb):
    row = desk.row()
    decide = {
        "approve": reviewing.approve_row,
        "return": lambda r, by: reviewing.return_row(r, reason="校名不全", by=by),
    }
    with pytest.raises(StaleState, match="草稿"):
        decide[verb](row, by=contact)


def test_a_row_may_go_back_and_forth(desk, contact):
    (row,) = desk.submitted()
    for _ in range(2):
        reviewing.return_row(row, reason="校名不全", by=contact)
        row = desk.mended(row)
    desk.stamp()
    reviewing.approve_row(row, by=contact)
    verbs = [moment.verb for moment in timeline(row)]
    assert verbs == [
        "row.approved",
        *["row.submitted", "row.saved", "row.returned"] * 2,
        "row.submitted",
        "row.added",
    ]


def test_rows_that_look_alike_are_shown(edition, desk):
    team = {"team_name": "始兴县城南中学科技志愿服务分队"}
    row, same = desk.submit(desk.row(**team), desk.row(**team))
    other = build.desk(edition, "base").submitted(phone=row.phone, name="李小明")[0]
    desk.row(**team)  # a draft holds no place
    assert {found.row for found in reviewing.similar_rows(row)} == {same, other}
    recommending.withdraw_row(same, by=desk.officer)
    assert {found.row for found in reviewing.similar_rows(row)} == {other}
