"""The pages of placing: what they show to whom, and how many questions they ask."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.sheets import read
from seasons.models import Need, Offer, Placement, Venue
from seasons.services import placing_answers, placing_needs
from tests.registrations import staff
from tests.registrations.staff import signed_in
from tests.seasons.placing import build
from tests.seasons.placing.build import COUNTY, TOPIC, VISIT

pytestmark = pytest.mark.django_db
PHONE = "0755-00000000"


def page(user, name, **which) -> str:
    answer = signed_in(user).get(reverse(name, kwargs=which))
    assert answer.status_code == 200
    return answer.content.decode()


def queries(django_assert_max_num_queries, user, name, most, **which) -> None:
    client = signed_in(user)
    client.get(reverse(name, kwargs=which))  # sessions and caches are warm
    with django_assert_max_num_queries(most):
        client.get(reverse(name, kwargs=which))


def test_a_typed_need_is_kept_when_it_cannot_be_published():
    venue, edition = build.venue(), build.edition()
    client = signed_in(build.officer(venue))
    answer = client.post(reverse("need_new", args=[venue.pk]), {"remark": "有投影", "day": "2025-03-15", "open": "1"})
    assert (answer.status_code, "请填开始和结束时间" in answer.content.decode()) == (422, True)
    need = Need.objects.get()
    assert (need.state, need.remark, need.edition) == ("draft", "有投影", edition)
    assert f'action="{reverse("need", args=[need.pk])}"' in answer.content.decode()


def test_an_offer_by_form_takes_counties_and_dates_as_written():
    entry = build.entry(build.edition())
    build.regions()
    clock.set_now(build.PLANNED)
    typed = {"topics": [TOPIC], f"counties_{build.CITY}": [COUNTY], "dates": "2025/3/15，2025-03-16",
             "ages": ["pupils"], "heads": "80", "a_month": "2"}  # fmt: skip
    client = signed_in(build.lead(entry))
    assert client.post(reverse("offer_edit", args=[entry.pk]), typed).status_code == 302
    offer = Offer.objects.get()
    assert (offer.regions, [f"{day:%m-%d}" for day in offer.dates]) == ([COUNTY], ["03-15", "03-16"])
    answer = client.post(reverse("offer_edit", args=[entry.pk]), typed | {"dates": "下周"})
    assert "“下周”不是日期" in answer.content.decode()


def test_the_phone_is_shown_to_whoever_comes_once_both_have_confirmed():
    boss, need, (offer,) = build.scene()
    placement = build.placed(need, offer, by=boss)
    by = build.lead(offer.entry)
    assert PHONE not in page(by, "placement", placement=placement.pk)
    placing_answers.accept(placement, "venue", by=build.officer(need.venue))
    placing_answers.accept(placement, "entry", by=by)
    assert PHONE in page(by, "placement", placement=placement.pk)
    stranger = build.lead(build.entry(need.edition, 2))
    assert signed_in(stranger).get(reverse("placement", args=[placement.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_questions_of_the_pages(django_assert_max_num_queries, count):
    boss, need, (offer,) = build.scene()
    build.placed(need, offer, by=boss)
    for weeks in range(1, count):
        later = build.need(need.venue, need.edition, VISIT + timedelta(weeks=weeks * 4))
        build.placed(later, offer, by=boss)
    queries(django_assert_max_num_queries, build.lead(offer.entry), "placing", 11, entry=offer.entry_id)
    queries(django_assert_max_num_queries, build.officer(need.venue), "venue", 11, venue=need.venue_id)
    queries(django_assert_max_num_queries, boss, "admin:seasons_placement_changelist", 12)
    queries(django_assert_max_num_queries, boss, "admin:seasons_placement_suggest_page", 16)
    placement = Placement.objects.order_by("pk")[0]
    queries(django_assert_max_num_queries, build.lead(offer.entry), "placement", 14, placement=placement.pk)


def test_the_organiser_confirms_after_a_preview():
    boss, need, (offer,) = build.scene()
    client, url = signed_in(boss), reverse("admin:seasons_placement_suggest_page")
    pair = {"pair": f"{need.pk}:{offer.pk}"}
    assert "安排这 1 项并发出通知" in client.post(url, pair).content.decode()
    assert Placement.objects.count() == 0
    assert client.post(url, pair | {"confirmed": "yes"}).status_code == 302
    assert Placement.objects.get().state == "waiting"
    answer = client.post(url, pair | {"confirmed": "yes"}, follow=True)
    assert "没有办理" in answer.content.decode()


def test_what_stays_short_says_why():
    boss, need, (offer,) = build.scene()
    placing_needs.save_need(need.venue, {"heads": 101}, need=need, by=build.officer(need.venue))
    assert "受众人数超出有空的报名所能" in page(boss, "admin:seasons_placement_suggest_page")
    assert offer.heads == 100


def test_the_list_goes_out_as_a_workbook_without_phones():
    boss, need, (offer,) = build.scene()
    build.confirmed(need, offer, by=boss)
    answer = signed_in(boss).post(reverse("admin:seasons_placement_export_page"), {"reason": "存档"})
    cells = [cell for row in read(answer.content, "x.xlsx").sheets[0].rows for cell in row]
    assert {"双方已确认", "深圳市", "龙岗区", "第 1 党群服务中心"} <= set(cells)
    assert PHONE not in cells


def test_a_clerk_posts_for_the_own_unit():
    staff.contest()
    clerk = staff.officer()
    unit = clerk.offices.get().unit
    typed = {"name": "始兴县实践站", "kind": "practice_station", "region": unit.region_id, "street": "示例路",
             "contact_name": "甲", "contact_phone": PHONE}  # fmt: skip
    answer = signed_in(clerk).post(reverse("unit_venues", args=[unit.pk]), typed)
    venue = Venue.objects.get()
    assert (answer.url, venue.unit) == (reverse("venue", args=[venue.pk]), unit)
    assert "服务场所" in page(clerk, "recommendation", unit=unit.pk)
