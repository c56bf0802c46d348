"""汇总表: own tracks in the official columns; whole phones only with a reason, every export recorded."""

import io

import pytest
from django.urls import reverse

from core.sheets import find_table, read
from registrations.models import RecommendationRow, Region, SummaryExport
from registrations.sheets import row_columns
from registrations.summary_sheet import rows_of, summary_rows
from tests.registrations import build
from tests.registrations.staff import organiser, signed_in

pytestmark = pytest.mark.django_db
URL = "admin:registrations_recommendationrow_summary_page"


def export(user, **values):
    return signed_in(user).post(reverse(URL), values)


def table(answer, edition):
    return find_table(read(io.BytesIO(answer.content), "汇总表.xlsx"), row_columns(edition.rulebook))


def test_own_tracks_with_masked_phones(edition, desk):
    desk.submitted(2)
    desk.submitted(1, track="youth", phone="13800138099")
    by = build.contact(edition)
    rows = table(export(by, track=edition.tracks.get(code="worker").pk), edition).rows
    assert [(row.values["seq"], row.values["phone"]) for row in rows] == [("1", "138****8000"), ("2", "138****8001")]
    assert SummaryExport.objects.values_list("by", "rows", "whole_phones").get() == (by.pk, 2, False)


def test_it_reads_like_the_official_form(edition, desk):
    (row,) = desk.submitted()
    answer = export(organiser(), track="", whole_phones="on", reason="电话核实参赛意向")
    (line,) = table(answer, edition).rows
    assert (line.values["name"], line.values["phone"], line.values["recommender"]) == (
        row.name, "13800138000", desk.unit.full_name,
    )  # fmt: skip
    assert SummaryExport.objects.get().reason == "电话核实参赛意向"


def test_what_stands_beside_the_columns(edition, desk):
    Region.objects.filter(code="440222").update(parent_id="440200")
    desk.submitted()
    (line,) = summary_rows(rows_of(RecommendationRow.objects.all(), edition), edition, whole_phones=False)
    told = [line[key] for key in ("state", "unit_category", "city", "county", "track")]
    assert told == [
        "已提交",
        edition.rulebook.unit_category(desk.quota.category).name,
        "韶关市",
        "始兴县",
        "科普工作者赛道",
    ]


def test_whole_phones_need_a_reason(edition, desk):
    desk.submitted()
    answer = export(organiser(), track="", whole_phones="on", reason=" ")
    assert (answer.status_code, SummaryExport.objects.count()) == (422, 0)


def test_hostile_names_stay_text(edition, desk):
    desk.submitted(1, organisation="=HYPERLINK(1)")
    (line,) = table(export(organiser(), track=""), edition).rows
    assert (line.values["organisation"], line.problems) == ("=HYPERLINK(1)", [])


def test_a_stranger_gets_nothing(edition, desk):
    assert signed_in(desk.officer).get(reverse(URL)).status_code in (302, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_often_for_many_rows(edition, desk, count, django_assert_max_num_queries):
    desk.submitted(count)
    page = signed_in(organiser())
    page.get(reverse(URL))  # the first visit renews the session
    with django_assert_max_num_queries(10):
        page.post(reverse(URL), {"track": ""})
