"""The 推荐申报表 from draft to submission: places, deadline, correction, withdrawal (G16–G22, G30, Q32)."""

from datetime import datetime, timedelta

import pytest

from core import clock
from core.audit.timeline import timeline
from core.notices.models import Notice
from core.problems import Refused
from core.states import StaleState
from registrations.services import recommending, reviewing
from registrations.services.adoption import set_limit
from tests.registrations import build

DEADLINE = datetime(2024, 12, 15, 17, 0, tzinfo=clock.BEIJING)


def refused(act, *args, **more) -> list[str]:
    """The codes of a refusal."""
    with pytest.raises(Refused) as refusal:
        act(*args, **more)
    return refusal.value.codes


# --- Drafts -------------------------------------------------------------------------------------------


def test_a_draft_keeps_whatever_was_typed(desk):
    row = desk.row(name="", team_name="城南中学科技志愿服务支队", organisation="", phone="12", categories=[])
    row.refresh_from_db()
    assert (row.state, row.team_name, row.phone, desk.quota.taken) == ("draft", "城南中学科技志愿服务支队", "12", 0)


def test_what_can_be_read_is_stored_in_its_normal_form(desk):
    row = desk.row(
        name=" 王 芳 ",
        team_name="( 始兴县城南中学 ) 科技 志愿服务分队",
        phone="１３８ 0013 8000",
        categories=["C", "A"],
    )
    row.refresh_from_db()
    stored = (row.name, row.team_name, row.phone, row.categories)
    assert stored == ("王芳", "始兴县城南中学科技志愿服务分队", "+8613800138000", ["A", "C"])


def test_too_long_a_text_is_refused_not_cut(desk):
    assert refused(desk.row, name="王" * 61) == ["text.too_long"]
    assert desk.states == []


def test_rows_are_numbered_on(desk):
    first, second = desk.rows(2)
    recommending.delete_row(first, by=desk.officer)
    assert (second.position, desk.row().position) == (2, 3)


def test_a_submitted_row_neither_changes_nor_goes(desk):
    (row,) = desk.submitted()
    change = (recommending.save_row, desk.form, {"name": "李四"})
    assert refused(*change, by=desk.officer, row=row) == ["row.locked"]
    assert refused(recommending.delete_row, row, by=desk.officer) == ["row.not_draft"]


def test_a_row_deleted_meanwhile_is_stale(desk):
    row = desk.row()
    recommending.delete_row(row, by=desk.officer)
    assert refused(recommending.save_row, desk.form, {"name": "李四"}, by=desk.officer, row=row) == ["state.stale"]
    assert refused(desk.submit, row) == ["rows.none", "rows.gone"]


# --- Submitting ---------------------------------------------------------------------------------------


def test_submitting_takes_a_place_and_leaves_a_trace(desk):
    (row,) = desk.submitted(categories=["A", "C"])  # one row, two categories, one place (G16)
    row.refresh_from_db()
    moment = timeline(row)[0]
    assert (row.state, row.submitted_at <= clock.now(), desk.quota.taken) == ("submitted", True, 1)
    assert (moment.verb, moment.who, moment.changes["状态"]) == ("row.submitted", "经办人", ("草稿", "已提交"))


def test_all_or_none_with_every_problem(desk):
    right, wrong, worse = desk.row(), desk.row(phone="12"), desk.row(name="", categories=[])
    with pytest.raises(Refused) as refusal:
        desk.submit(right, wrong, worse)
    places = [(p.code, p.field) for p in refusal.value.problems]
    assert places == [
        ("phone.form", f"row-{wrong.pk}-phone"),
        ("name.empty", f"row-{worse.pk}-name"),
        ("categories.none", f"row-{worse.pk}-categories"),
    ]
    assert (desk.states, desk.quota.taken, Notice.objects.filter(template="row-submitted").count()) == (
        ["draft"] * 3,
        0,
        0,
    )


def test_a_refusal_names_the_row(desk):
    desk.row()
    with pytest.raises(Refused) as refusal:
        desk.submit(desk.row(phone=""))
    assert refusal.value.problems[0].message == "第 2 行：请填写参赛者本人的手机号"


def test_a_warning_does_not_block(desk):
    desk.submitted(organisation="始兴县城南中学科技志愿服务分队")
    assert desk.states == ["submitted"]


def test_submitting_twice_is_refused(desk):
    (row,) = desk.submitted()
    assert (refused(desk.submit, row), desk.quota.taken) == (["row.locked"], 1)


def test_nothing_and_another_units_row_are_refused(edition, desk):
    other = build.desk(edition, "base").row()
    assert (refused(desk.submit), refused(desk.submit, desk.row(), other)) == (["rows.none"], ["rows.gone"])


@pytest.mark.parametrize(
    ("kind", "places"), [("pilot", 50), ("county", 25), ("society", 3), ("university", 5), ("base", 1)]
)
def test_one_row_too_many_is_refused(edition, kind, places):
    desk = build.desk(edition, kind)
    rows = desk.rows(places + 1)
    assert refused(desk.submit, *rows) == ["places.exceeded"]
    desk.submit(*rows[:-1])
    assert refused(desk.submit, rows[-1]) == ["places.exceeded"]
    assert (desk.quota.taken, desk.states.count("submitted")) == (places, places)


def test_a_city_is_closed_until_the_organiser_opens_it(edition):
    desk = build.desk(edition, "city")
    row = desk.row()
    assert refused(desk.submit, row) == ["places.closed"]
    set_limit(desk.quota, 2, reason="主办单位核定", by=desk.officer)
    desk.submit(row)
    assert desk.quota.taken == 1


def test_an_unlisted_unit_is_told_so(edition):
    desk = build.desk(edition, "other")
    assert refused(desk.row) == ["unit.no_category"]


# --- The deadline -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "codes"), [(0, []), (1, ["window.late"]), (3600, ["window.late"])])
def test_deadline(desk, second, codes):
    row = desk.row()
    clock.set_now(DEADLINE + timedelta(seconds=second))
    found = refused(desk.submit, row) if codes else [row.state for row in desk.submit(row) if row.state != "submitted"]
    assert (found, desk.quota.taken) == (codes, 0 if codes else 1)


def test_before_the_opening_nothing_is_accepted(edition, desk):
    row = desk.row()
    clock.set_now(edition.window("recommend").opens - timedelta(seconds=5))
    assert refused(desk.submit, row) == ["window.early"]


def returned_late(desk):
    """A row that came back after the deadline, Monday 12-16: due by the end of Thursday 12-19."""
    (row,) = desk.submitted()
    clock.set_now(DEADLINE + timedelta(hours=17))
    reviewing.return_row(row, reason="校名不全", by=desk.officer)
    return row


def test_a_returned_row_is_corrected_after_the_deadline(desk):
    row, due = returned_late(desk), datetime(2024, 12, 20, tzinfo=clock.BEIJING)
    assert (row.correct_until, desk.quota.taken) == (due, 1)
    clock.set_now(due - timedelta(seconds=5))
    recommending.save_row(desk.form, {"organisation": "始兴县城南中学"}, by=desk.officer, row=row)
    desk.submit(row)
    row.refresh_from_db()
    assert (row.state, row.organisation, row.correct_until, row.review_note) == (
        "submitted",
        "始兴县城南中学",
        None,
        "校名不全",  # stays before the contact's eyes until the row passes
    )


def test_not_after_its_own_deadline(desk):
    row = returned_late(desk)
    clock.set_now(row.correct_until)
    change = (recommending.save_row, desk.form, {"organisation": "始兴县城南中学"})
    assert refused(*change, by=desk.officer, row=row) == ["row.correction_late"]
    assert (refused(desk.submit, row), desk.quota.taken) == (["row.correction_late", "row.not_corrected"], 1)


def test_none_is_added_while_correcting(desk):
    row = returned_late(desk)
    recommending.save_row(desk.form, {"organisation": "始兴县城南中学"}, by=desk.officer, row=row)
    assert refused(desk.submit, row, desk.row()) == ["window.late"]
    desk.submit(row)
    assert desk.states == ["submitted", "draft"]


def test_inside_the_window_a_returned_row_may_always_come_back(desk):
    (row,) = desk.submitted()
    reviewing.return_row(row, reason="校名不全", by=desk.officer)  # on the 10th, due by the 13th
    clock.set_now(DEADLINE - timedelta(hours=1))
    desk.mended(row)
    assert desk.states == ["submitted"]


# --- Withdrawing --------------------------------------------------------------------------------------


def test_withdrawing_frees_the_place_and_restoring_takes_none(edition):
    desk = build.desk(edition, "base")
    (first,) = desk.submitted()
    recommending.withdraw_row(first, by=desk.officer, reason="换人")
    desk.submitted()
    recommending.restore_row(first, by=desk.officer)
    assert (desk.quota.taken, refused(desk.submit, first)) == (1, ["places.exceeded"])
    assert desk.states == ["draft", "submitted"]


@pytest.mark.parametrize("before", ["submitted", "returned", "approved"])
def test_every_held_place_can_be_freed(desk, before):
    (row,) = desk.stamped()
    if before == "returned":
        reviewing.return_row(row, reason="校名不全", by=desk.officer)
    if before == "approved":
        reviewing.approve_row(row, by=desk.officer)
    recommending.withdraw_row(row, by=desk.officer)
    assert (desk.states, desk.quota.taken) == (["withdrawn"], 0)


def test_withdrawing_after_the_deadline_cannot_be_undone(desk):
    (row,) = desk.submitted()
    clock.set_now(DEADLINE + timedelta(seconds=1))
    recommending.withdraw_row(row, by=desk.officer)
    recommending.restore_row(row, by=desk.officer)
    assert refused(desk.submit, row) == ["window.late"]


@pytest.mark.parametrize("act", [recommending.withdraw_row, recommending.restore_row])
def test_a_draft_is_neither_withdrawn_nor_restored(desk, act):
    with pytest.raises(StaleState) as stale:
        act(desk.row(), by=desk.officer)
    assert (str(stale.value), desk.quota.taken) == ("状态已变为“草稿”，请刷新页面后再操作", 0)


# --- Notices ------------------------------------------------------------------------------------------


def test_officers_and_the_tracks_own_contacts_are_told(edition, desk):
    worker, youth = build.contact(edition, "worker"), build.contact(edition, "youth")
    build.officer(desk.unit, "colleague@example.test")
    desk.submit(desk.row(name="王大明"), desk.row(track="youth", name="李小红"))
    letters = {(n.address, n.template): n.text for n in Notice.objects.exclude(template="officer-invited")}
    told = {who: ("王大明" in text, "李小红" in text) for who, text in letters.items()}
    assert told == {
        ("officer@example.test", "row-submitted"): (True, True),
        ("colleague@example.test", "row-submitted"): (True, True),
        (worker.email, "row-arrived"): (True, False),
        (youth.email, "row-arrived"): (False, True),
    }


def test_no_phone_leaves_by_mail(edition, desk):
    build.contact(edition)
    (row,) = desk.submitted(phone="13800138099")
    reviewing.return_row(row, reason="校名不全", by=desk.officer)
    letters = [n.subject + n.text + n.html for n in Notice.objects.exclude(template="officer-invited")]
    assert (len(letters), [letter for letter in letters if "00138099" in letter]) == (3, [])
