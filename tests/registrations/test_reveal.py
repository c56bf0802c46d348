"""Phones are masked until somebody looks, and that they looked is kept."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from core.audit.timeline import timeline
from registrations.models import SummaryExport
from tests.registrations import build
from tests.registrations.staff import signed_in

pytestmark = pytest.mark.django_db


def url(row):
    return reverse("admin:registrations_recommendationrow_phone", args=[row.pk])


def test_a_click_shows_the_number_and_is_recorded(edition, desk):
    by, (row,) = build.contact(edition), desk.submitted()
    page = signed_in(by)
    masked = page.get(reverse("admin:registrations_recommendationrow_change", args=[row.pk])).content.decode()
    shown = page.post(url(row))
    last = timeline(row)[0]
    assert ("13800138000" in masked, "13800138000" in shown.content.decode()) == (False, True)
    assert (last.label, last.who, "no-store" in shown["Cache-Control"]) == ("查看完整电话", str(by), True)


def test_looking_needs_a_click(edition, desk):
    (row,) = desk.submitted()
    assert signed_in(build.contact(edition)).get(url(row)).status_code == 405


def test_another_tracks_number_is_not_there(edition, desk):
    (row,) = desk.submitted()
    before = len(timeline(row))
    answer = signed_in(build.contact(edition, "youth")).post(url(row))
    assert (answer.status_code, len(timeline(row))) == (404, before)


@pytest.mark.parametrize("change", ["UPDATE {} SET rows = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_an_export_stays_recorded(edition, change):
    by = build.contact(edition)
    SummaryExport.objects.create(edition=edition, by=by, scope="全部", rows=3, whole_phones=True, reason="电话核实")
    with pytest.raises(DatabaseError), transaction.atomic():
        SummaryExport.objects.raw(change.format("registrations_summaryexport"))._fetch_all()
    assert SummaryExport.objects.count() == 1
