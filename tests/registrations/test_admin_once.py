"""A double click in the admin: one effect, the same answer (R6)."""

import re

import pytest
from django.urls import reverse

from core.audit.timeline import timeline
from core.notices.models import Notice
from registrations.models import OfficerInvitation, SummaryExport
from tests.registrations import build
from tests.registrations.staff import organiser, signed_in

pytestmark = pytest.mark.django_db
ROW, QUOTA, UNIT = (f"admin:registrations_{model}" for model in ("recommendationrow", "unitquota", "unit"))


@pytest.fixture
def staff(desk):
    return signed_in(organiser())


def twice(browser, url, sent, form=None):
    """Open the form (or get it as the answer to a first POST), send it twice; (status, to) of both answers."""
    shown = browser.post(url, form) if form else browser.get(url)
    key = re.search(r'name="form_key" value="([^"]+)"', shown.content.decode())[1]
    answers = [browser.post(url, {**sent, "form_key": key}) for _ in range(2)]
    return [(answer.status_code, answer.headers.get("Location")) for answer in answers]


def told(kind):
    return Notice.objects.filter(template=kind).count()


def test_a_row_is_returned_once(desk):
    first, second = desk.submitted(2)
    contact = signed_in(build.contact(desk.edition))
    answers = twice(contact, reverse(f"{ROW}_return", args=[first.pk]), {"reason": "请改队名", "confirmed": "yes"})
    assert answers == [(302, reverse(f"{ROW}_change", args=[second.pk]))] * 2
    assert (desk.states, told("row-returned")) == (["returned", "submitted"], 1)


def test_many_rows_are_returned_once(desk):
    rows = desk.submitted(3)
    chosen = {"action": "return_rows", "_selected_action": [row.pk for row in rows]}
    contact, url = signed_in(build.contact(desk.edition)), reverse(f"{ROW}_changelist")
    said = {"asked": "yes", "confirmed": "yes", "reason": "请改队名"}
    answers = twice(contact, url, chosen | said, form=chosen)
    reasons = [moment.reason for moment in timeline(*rows)]
    assert (answers, desk.states, reasons.count("请改队名")) == ([(302, url)] * 2, ["returned"] * 3, 1)


def test_a_limit_is_set_once(staff, desk):
    url = reverse(f"{QUOTA}_change", args=[desk.quota.pk])
    answers = twice(staff, url, {"limit": 26, "reason": "省科协同意增加"})
    assert answers == [(302, reverse(f"{QUOTA}_changelist"))] * 2
    assert [moment.label for moment in timeline(desk.quota)].count("调整名额") == 1


def test_time_is_extended_once(staff, desk):
    answers = twice(staff, reverse(f"{QUOTA}_extend", args=[desk.quota.pk]), {"until": "2025-01-05", "reason": "来函"})
    assert answers == [(302, reverse(f"{QUOTA}_change", args=[desk.quota.pk]))] * 2
    assert told("deadline-extended") == 1


def test_somebody_is_invited_once(staff, desk):
    before = OfficerInvitation.objects.count()
    answers = twice(staff, reverse(f"{UNIT}_invite_one", args=[desk.unit.pk]), {"email": "new@example.test"})
    assert (answers[0], OfficerInvitation.objects.count() - before) == (answers[1], 1)


def test_a_list_goes_in_once(staff, desk):
    pasted = {"pasted": f"{build.unit('university')},new@example.test"}
    url = reverse(f"{UNIT}_invite_page")
    sheet = re.search(r'name="sheet" value="([^"]+)"', staff.post(url, pasted).content.decode())[1]
    before = OfficerInvitation.objects.count()
    answers = twice(staff, url, {"sheet": sheet}, form=pasted)
    assert (answers, OfficerInvitation.objects.count() - before) == ([(302, reverse(f"{UNIT}_changelist"))] * 2, 1)


def test_a_download_may_be_taken_again_and_is_noted_again(staff, desk):
    desk.submitted()
    answers = twice(staff, reverse(f"{ROW}_summary_page"), {"track": ""})
    assert (answers, SummaryExport.objects.count()) == ([(200, None)] * 2, 2)
