"""The clerk's and the organiser's pages of volunteer forces."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from seasons.models import Force, ForceActivity
from tests.registrations.staff import organiser, signed_in
from tests.seasons.forces import build

pytestmark = pytest.mark.django_db
TYPED = {"leader": "演示负责人", "people": "80", "areas": ["venues", "online"]}


@pytest.fixture
def unit(edition):
    return build.unit()


@pytest.fixture
def clerk(unit):
    return signed_in(build.clerk_of(unit))


def test_a_clerk_registers_and_writes_down(clerk, unit):
    assert "还没有登记" in clerk.get(reverse("unit_forces", args=[unit.pk])).content.decode()
    page = clerk.post(reverse("force_new", args=[unit.pk]), TYPED, follow=True).content.decode()
    assert "通知要求 100 人以上，还差 20 人" in page
    force = Force.objects.get()
    said = {"title": "科普课", "kind": "venues", "day": "2024-12-05", "hours": "1.5", "people": "12"}
    page = clerk.post(reverse("force", args=[force.pk]), said, follow=True).content.decode()
    assert ForceActivity.objects.get().minutes == 90
    assert "本月还没有活动" not in page


def test_what_was_typed_comes_back(clerk, unit, edition):
    wrong = clerk.post(reverse("force_new", args=[unit.pk]), TYPED | {"number": "编号一", "post": "理事长"})
    assert wrong.status_code == 422
    assert all(word in wrong.content.decode() for word in ("编号一", "理事长", "只含字母、数字和短横"))
    force = build.force(unit, edition)
    late = {"title": "未来的课", "kind": "venues", "day": "2030-01-01", "hours": "2", "people": "3"}
    wrong = clerk.post(reverse("force", args=[force.pk]), late)
    assert wrong.status_code == 422
    assert "活动还没有到" in wrong.content.decode()


def test_removing_takes_it_off_the_page_and_not_out_of_history(clerk, unit, edition):
    activity = build.activity(build.force(unit, edition), "2024-12-05", "记错的课")
    clerk.post(reverse("force_activity_remove", args=[activity.pk]))
    assert not ForceActivity.objects.exists()
    assert ForceActivity.pgh_event_model.objects.filter(title="记错的课").exists()


def test_the_units_page_asks_as_much_for_three_as_for_one(clerk, unit, edition):
    counts = []
    clerk.get(reverse("unit_forces", args=[unit.pk]))  # the edition is kept from the first request on
    for number in range(3):
        build.force(unit, edition, committee=f"第 {number} 专委会")
        with CaptureQueriesContext(connection) as asked:
            clerk.get(reverse("unit_forces", args=[unit.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_the_organisers_list_counts_filters_and_asks_no_more_for_three(edition):
    staff, url, counts = signed_in(organiser()), reverse("admin:seasons_force_changelist"), []
    staff.get(url)
    for number in range(3):
        build.activity(build.force(build.unit(name=f"示例学会{number}"), edition, people=number * 100), "2024-12-05")
        with CaptureQueriesContext(connection) as asked:
            page = staff.get(url).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[2]
    assert "人数不足</dt><dd>1 支" in page
    shown = {query: staff.get(f"{url}?{query}").context["cl"].result_count for query in QUERIES}
    assert shown == QUERIES


QUERIES = {
    "size=small": 1, "size=enough": 2, "registered=yes": 3, "registered=no": 0, "month=met": 3, "month=none": 0,
    "category=society": 3, "category=base": 0,
}  # fmt: skip


def test_the_workbook(edition):
    build.activity(build.force(build.unit(), edition), "2024-12-05")
    answer = signed_in(organiser()).post(reverse("admin:seasons_force_export_page"), {"reason": "汇总"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert any("演示负责人" in map(str, row) and "500" in map(str, row) for row in rows)
