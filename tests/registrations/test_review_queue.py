"""What helps a contact to decide: flags, phrases, the notice before it goes, many rows at once, ageing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.notices.models import Notice
from registrations.attention import tiles, waiting_units
from registrations.models import RecommendationRow, ReplyPhrase
from registrations.services import reviewing
from tests.registrations import build
from tests.registrations.staff import organiser, signed_in

pytestmark = pytest.mark.django_db
ROW = "admin:registrations_recommendationrow"
LIST = f"{ROW}_changelist"


@pytest.fixture
def by(edition):
    return build.contact(edition)


@pytest.fixture
def page(by) -> Client:
    return signed_in(by)


def text(answer) -> str:
    return answer.content.decode()


def url(name, row):
    return reverse(f"{ROW}_{name}", args=[row.pk])


# --- Duplicates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("twin", "why"),
    [({"phone": "13800138000"}, "电话相同"), ({"team_name": "城南中学科技志愿服务分队"}, "队名相同"), ({}, None)],
)
def test_similar_rows_of_other_units_are_flagged(edition, desk, twin, why):
    other = build.desk(edition, "pilot", email="b@example.test")
    (row,) = desk.submitted(1, team_name="城南中学科技志愿服务分队", organisation="")
    other.submitted(1, **{"name": "李晓", "phone": "13800138050"} | twin)
    assert [found.why for found in reviewing.similar_rows(row)] == ([why] if why else [])


def test_flags_stand_in_the_list_and_on_the_page(edition, desk, page):
    other = build.desk(edition, "pilot", email="b@example.test")
    (row,) = desk.submitted()
    other.submitted(1, name="李晓", phone="13800138000")
    assert text(page.get(reverse(LIST))).count("电话相同") == 2
    assert "电话相同：深圳市龙岗区科学技术协会 第 1 行" in text(page.get(url("change", row)))


# --- One row --------------------------------------------------------------------------------------------


def test_keys_are_told_and_lead_to_the_decisions(desk, page):
    (row,) = desk.stamped()
    shown = text(page.get(url("change", row)))
    assert [f'data-key="{key}"' in shown for key in "ar"] == [True, True]
    assert ("快捷键" in shown, "js/review.js" in shown) == (True, True)


def test_the_notice_is_seen_before_it_goes(desk, page):
    (row,) = desk.submitted()
    shown = text(page.post(url("return", row), {"reason": "校名请写全称"}))
    row.refresh_from_db()
    assert ("通知预览" in shown, "退回理由：校名请写全称" in shown, row.state) == (True, True, "submitted")
    page.post(url("return", row), {"reason": "校名请写全称", "confirmed": "yes"})
    row.refresh_from_db()
    assert (row.state, "退回理由：校名请写全称" in Notice.objects.get(template="row-returned").text) == (
        "returned",
        True,
    )


def test_what_was_typed_can_still_be_changed(desk, page):
    (row,) = desk.submitted()
    shown = text(page.post(url("return", row), {"reason": "校名请写全称", "edit": "yes"}))
    assert ("<textarea" in shown, "校名请写全称</textarea>" in shown, "通知预览" in shown) == (True, True, False)


def test_phrases_and_typed_words_become_one_reason(edition, desk, page):
    (row,) = desk.submitted()
    mine = ReplyPhrase.objects.create(track=edition.tracks.get(code="worker"), words="联系电话请核对")
    common = ReplyPhrase.objects.create(words="参赛队伍名称请按规则填写")
    ReplyPhrase.objects.create(track=edition.tracks.get(code="youth"), words="别的赛道")
    asked = text(page.get(url("return", row)))
    page.post(url("return", row), {"phrases": [mine.pk, common.pk], "reason": "第 2 栏", "confirmed": "yes"})
    row.refresh_from_db()
    assert ("联系电话请核对" in asked, "别的赛道" in asked) == (True, False)
    assert sorted(row.review_note.split("；")) == ["参赛队伍名称请按规则填写", "第 2 栏", "联系电话请核对"]


@pytest.mark.parametrize(("track", "kept"), [("worker", 1), ("youth", 0), (None, 0)])
def test_a_contact_keeps_own_phrases(edition, page, track, kept):
    own = edition.tracks.get(code=track).pk if track else ""
    page.post(reverse("admin:registrations_replyphrase_add"), {"track": own, "words": "电话请核对", "position": 1})
    assert ReplyPhrase.objects.count() == kept


# --- Many rows ------------------------------------------------------------------------------------------


def test_many_go_back_with_one_reason(desk, page):
    rows = desk.submitted(3)
    chosen = {"action": "return_rows", "_selected_action": [row.pk for row in rows[:2]]}
    listed = text(page.post(reverse(LIST), chosen))
    shown = text(page.post(reverse(LIST), chosen | {"asked": "yes", "reason": "单位请写全称"}))
    before = desk.states
    page.post(reverse(LIST), chosen | {"asked": "yes", "reason": "单位请写全称", "confirmed": "yes"})
    assert ("退回补正所选 2 行" in listed, "退回理由：单位请写全称" in shown) == (True, True)
    assert (before, desk.states) == (["submitted"] * 3, ["returned", "returned", "submitted"])


def test_many_do_not_go_back_without_a_reason(desk, page):
    rows = desk.submitted(2)
    chosen = {"action": "return_rows", "_selected_action": [row.pk for row in rows], "asked": "yes", "confirmed": "yes"}
    assert (page.post(reverse(LIST), chosen).status_code, desk.states) == (422, ["submitted"] * 2)


# --- The first page -------------------------------------------------------------------------------------


def test_the_first_page_tells_age_and_change(edition, desk, by):
    first, *_ = desk.submitted(3)
    reviewing.return_row(first, reason="校名不全", by=by)
    found = tiles(by)
    clock.set_now(clock.now() + timedelta(days=4))
    late = tiles(by)
    assert [tile.number for tile in found] == [2, 0, 1, 0]
    assert [tile.number for tile in late][:3] == [2, 2, 1]
    assert (found[0].note, late[0].note) == ("比昨天 +2：新到 3，审结 1", "与昨天相同")
    assert [(u.waiting, u.late, u.returned, u.days) for u in waiting_units(by)] == [(2, 2, 1, 4)]


def test_old_rows_can_be_listed_alone(desk, page):
    old = desk.submitted()[0]
    clock.set_now(clock.now() + timedelta(days=3, hours=1))
    desk.submitted()
    shown = page.get(reverse(LIST), {"age": "late"}).context["cl"].result_list
    assert [row.pk for row in shown] == [old.pk]


def test_units_that_are_silent_are_counted(edition, desk, by, page):
    assert tiles(by)[3].number == 1
    assert desk.unit.full_name in text(page.get(tiles(by)[3].url))


# --- Cost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "most"), [(LIST, 12), ("admin:index", 19)])
def test_pages_cost_the_same_for_many_rows(edition, desk, page, name, most, count, django_assert_max_num_queries):
    desk.submitted(count)
    page.get(reverse(name))
    with django_assert_max_num_queries(most):
        page.get(reverse(name))


@pytest.mark.parametrize("count", [1, 3])
def test_a_row_costs_the_same_beside_many(edition, desk, page, count, django_assert_max_num_queries):
    row = desk.submitted(count)[0]
    page.get(url("change", row))
    with django_assert_max_num_queries(22):
        page.get(url("change", row))


def test_the_organiser_decides_too(edition, desk):
    (row,) = desk.stamped()
    signed_in(organiser()).post(url("approve", row))
    assert RecommendationRow.objects.get().state == "approved"
