"""The pages that ask most: what they may cost, with one thing on them and with three (issue 9: no page over 20)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench._flows import asked
from registrations.models import RecommendationRow
from tests.registrations import build, staff
from tests.registrations.works import test_likeness_admin as alike
from tests.registrations.works.handed_in import entry, hand_in, shot
from tests.registrations.works.pictures import picture
from tracks.models import Edition

MOST = 20


def cost(client: Client, page: str) -> int:
    """How much a page asks the database, once it has been open before."""
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(asked(captured.captured_queries))


def test_the_organisers_first_page(edition: Edition) -> None:
    build.desk(edition).submitted(3)
    assert cost(staff.signed_in(staff.organiser()), reverse("admin:index")) <= MOST


@pytest.mark.parametrize("rows", [1, 3])
def test_a_row_before_its_contact(edition: Edition, rows: int) -> None:
    first = build.desk(edition).stamped(rows)[0]
    page = reverse("admin:registrations_recommendationrow_change", args=[first.pk])
    assert cost(staff.signed_in(build.contact(edition)), page) <= MOST


@pytest.mark.parametrize("works", [1, 3])
def test_a_work_that_is_like_others_before_its_contact(edition: Edition, works: int) -> None:
    made = [
        hand_in(entry(edition, name), shot(picture(1))) for name in ("祝宇", "胡燕", "王小芳", "李小明")[: works + 1]
    ]
    last = alike.examined(*made)[-1]
    assert last.likenesses.count() == works
    page = reverse("admin:registrations_work_change", args=[last.work_id])
    assert cost(staff.signed_in(build.contact(edition)), page) <= MOST


@pytest.mark.parametrize("rows", [1, 3])
def test_a_units_form(edition: Edition, rows: int) -> None:
    desk = build.desk(edition)
    desk.stamped(rows)
    desk.row(phone="12")
    assert RecommendationRow.objects.count() == rows + 1
    assert cost(staff.signed_in(desk.officer), reverse("recommendation", args=[desk.unit.pk])) <= MOST
