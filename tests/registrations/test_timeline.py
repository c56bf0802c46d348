"""办理记录 of a form and its rows: who, what, upon which row, why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audit.timeline import timeline
from registrations.services import recommending, reviewing
from tests.registrations import build

pytestmark = pytest.mark.django_db


def test_a_deed_says_who_and_upon_which_row(desk):
    row = desk.submitted(1)[0]
    newest = timeline(desk.form, row)[0]
    assert (newest.verb, newest.label, newest.who) == ("row.submitted", "提交推荐", str(desk.officer))
    assert newest.what == str(row)
    assert newest.changes["状态"] == ("草稿", "已提交")


def test_a_reason_stands_beside_its_deed(desk):
    row = desk.submitted(1)[0]
    contact = build.contact(desk.edition, row.track.code)
    reviewing.return_row(row, reason="校名不全", by=contact)
    newest = timeline(row)[0]
    assert (newest.who, newest.reason, newest.what) == (str(contact), "校名不全", "")


def test_several_rows_submitted_together_are_one_deed(desk):
    rows = desk.rows(3)
    recommending.submit_rows(desk.form, rows, by=desk.officer)
    assert [moment.what for moment in timeline(desk.form, *rows) if moment.verb == "row.submitted"] == [""]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_rows(desk, count):
    rows = desk.rows(count)
    with CaptureQueriesContext(connection) as queries:
        timeline(desk.form, *rows)
    assert len(queries) == 3
