"""The review queue: own tracks only, pass, return with a reason, many at once."""

import pytest
from django.test import Client
from django.urls import reverse

from core.audit.timeline import timeline
from core.notices.models import Notice
from registrations.models import RecommendationRow
from tests.registrations.staff import contact, contest, organiser, signed_in, stamped, submitted
from tracks.models import Edition

pytestmark = pytest.mark.django_db
LIST = "admin:registrations_recommendationrow_changelist"


@pytest.fixture
def edition() -> Edition:
    return contest()


@pytest.fixture
def desk(edition: Edition) -> Client:
    return signed_in(contact(edition, "worker"))


def url(page: str, row: RecommendationRow) -> str:
    return reverse(f"admin:registrations_recommendationrow_{page}", args=[row.pk])


@pytest.mark.parametrize("page", ["change", "approve", "return", "history"])
def test_another_tracks_row_is_not_there(edition, desk, page):
    (row,) = submitted(edition, 1, track="youth")
    assert desk.get(url(page, row)).status_code == 404


def test_another_tracks_row_cannot_be_decided(edition, desk):
    (row,) = submitted(edition, 1, track="youth")
    desk.post(url("approve", row))
    desk.post(reverse(LIST), {"action": "approve_rows", "_selected_action": [row.pk], "confirmed": "yes"})
    row.refresh_from_db()
    assert row.state == "submitted"


def test_queue_lists_own_tracks_only(edition, desk):
    (mine,), (other,) = submitted(edition, 1, "worker"), submitted(edition, 1, "youth")
    page = desk.get(reverse(LIST)).content.decode()
    assert (mine.team_name in page, other.team_name in page) == (True, False)


def test_phone_is_masked(edition, desk):
    (row,) = submitted(edition, 1)
    pages = desk.get(reverse(LIST)).content + desk.get(url("change", row)).content
    assert (b"138****8000" in pages, b"13800138000" in pages) == (True, False)


def test_contact_is_offered_both_decisions(edition, desk):
    (row,) = stamped(edition, 1)
    page = desk.get(url("change", row)).content.decode()
    assert (url("approve", row) in page, url("return", row) in page) == (True, True)


def test_pass_leads_to_the_next_row(edition, desk):
    first, second = stamped(edition, 2)
    assert "变为“已通过”" in desk.get(url("approve", first)).content.decode()
    answer = desk.post(url("approve", first))
    first.refresh_from_db()
    assert (answer.url, first.state) == (url("change", second), "approved")
    assert Notice.objects.filter(template="row-approved").count() == 1


def test_return_without_reason_is_refused(edition, desk):
    (row,) = submitted(edition, 1)
    answer = desk.post(url("return", row), {"reason": " "})
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (422, "submitted")


def test_return_shows_the_deadline_and_keeps_the_reason(edition, desk):
    (row,) = submitted(edition, 1)
    assert "12 月 13 日" in desk.get(url("return", row)).content.decode()  # three working days from Tuesday
    desk.post(url("return", row), {"reason": "校名不全", "confirmed": "yes"})
    row.refresh_from_db()
    assert (row.state, row.review_note, timeline(row)[0].reason) == ("returned", "校名不全", "校名不全")


def test_deciding_twice_says_so(edition, desk):
    (row,) = stamped(edition, 1)
    desk.post(url("approve", row))
    answer = desk.post(url("return", row), {"reason": "校名不全", "confirmed": "yes"})
    assert "状态已变为“已通过”" in answer.content.decode()


def test_many_are_listed_before_they_pass(edition, desk):
    rows = stamped(edition, 3)
    chosen = {"action": "approve_rows", "_selected_action": [row.pk for row in rows]}
    listed = desk.post(reverse(LIST), chosen).content.decode()
    assert [row.team_name in listed for row in rows] == [True] * 3
    assert set(RecommendationRow.objects.values_list("state", flat=True)) == {"submitted"}
    desk.post(reverse(LIST), chosen | {"confirmed": "yes"})
    assert set(RecommendationRow.objects.values_list("state", flat=True)) == {"approved"}


def test_first_page_counts_own_rows(edition, desk):
    submitted(edition, 2, "worker"), submitted(edition, 1, "youth")
    tiles = desk.get(reverse("admin:index")).context["tiles"]
    assert [tile.number for tile in tiles][:3] == [2, 0, 0]
    assert [tile.number for tile in signed_in(organiser()).get(reverse("admin:index")).context["tiles"]][:1] == [3]


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_asks_as_often_for_many_rows(edition, desk, rows, django_assert_max_num_queries):
    submitted(edition, rows)
    with django_assert_max_num_queries(20):
        desk.get(reverse(LIST))
