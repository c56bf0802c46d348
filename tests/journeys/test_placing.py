"""A venue asks, a participant offers, the organiser puts them together, both confirm, and a record grows from it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from core.accounts.invitations import link
from core.accounts.models import User
from seasons.models import Placement, ServiceRecord, Venue
from tests.journeys.conftest import deliver, enters
from tests.journeys.looking import ADMIN, look
from tests.seasons.placing import build
from tests.seasons.placing.build import PLANNED, TOPIC, VISIT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_placing(page, live_server, contest, at, see, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    server, edition, boss = live_server.url, build.edition(), build.organiser()
    build.regions()
    entry = build.entry(edition)
    by = build.lead(entry)
    clock.set_now(PLANNED)

    # The organiser sets the venue up and invites somebody to post for it.
    enters(page, server, boss)
    page.goto(server + reverse("admin:seasons_venue_new_page"))  # on a phone unfold folds the button away
    page.get_by_label("场所名称").fill("龙城街道党群服务中心")
    page.get_by_label("类型").select_option("party_centre")
    page.get_by_label("所在市、县（市、区）").select_option("440307")
    page.get_by_label("地址").fill("示例路 1 号")
    page.get_by_label("联系人").fill("陈经办")
    page.get_by_label("联系电话").fill("0755-00000000")
    page.get_by_role("button", name="登记").click()
    venue = Venue.objects.get()
    page.goto(f"{server}/admin/seasons/venue/{venue.pk}/change/")
    page.get_by_role("link", name="邀请场所联系人").click()
    page.get_by_label("邮箱").fill("venue@example.test")
    page.get_by_role("button", name="发出邀请").click()
    expect(page.get_by_text("邀请已发出")).to_be_visible()
    at("01-venue")
    officer = User.objects.create_user("陈经办", email="venue@example.test")
    invitation = venue.invitations.get()
    enters(page, server, officer)
    page.goto(str(link(invitation)))
    page.get_by_role("button", name="接受邀请").click()
    expect(page.get_by_role("heading", name="需求与安排")).to_be_visible()

    # A need: refused with what is missing, then published.
    page.get_by_role("link", name="发布一条需求").click()
    page.get_by_label("备注").fill("请自带电脑，现场有投影")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("请填开始和结束时间").first).to_be_visible()
    at("02-missing")
    see()
    page.get_by_label("日期").fill("2025-03-15")
    page.get_by_label("开始").fill("09:00")
    page.get_by_label("结束").fill("11:00")
    page.get_by_label("地点").fill("一楼多功能厅")
    page.get_by_label("题材").select_option(TOPIC)
    page.get_by_label("服务类型").select_option("two_centres")
    page.get_by_label("受众年龄段").select_option("pupils")
    page.get_by_label("预计多少人").fill("60")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布。组委会安排队伍后")).to_be_visible()
    at("03-need")
    see()

    # The participant offers.
    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/")
    page.get_by_role("link", name="去哪里服务").click()
    at("04-nothing-yet")
    page.get_by_role("link", name="登记服务意向").click()
    page.get_by_label("一次最多面向多少人").fill("80")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("请至少选一个愿意去的市").first).to_be_visible()
    at("05-offer")
    see()
    page.get_by_text("不是全市都去？").click()
    page.get_by_label("龙岗区").check()
    page.get_by_label("周六").check()
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("已登记。有合适的场所")).to_be_visible()
    at("06-offered")
    see()

    # The organiser looks at the suggestions and asks both.
    enters(page, server, boss)
    page.goto(server + reverse("admin:seasons_placement_suggest_page"))
    expect(page.get_by_text("同县 · 题材不限 · 日期可行")).to_be_visible()
    at("07-suggestions")
    assert look(page, ADMIN) == []
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="请双方确认所选的").click()
    at("08-preview")
    page.get_by_role("button", name="安排这 1 项").click()
    expect(page.get_by_text("已请双方确认 1 项安排")).to_be_visible()
    deliver()

    # Both sides say yes.
    placement = Placement.objects.get()
    enters(page, server, officer)
    page.goto(f"{server}/venues/{venue.pk}/")
    expect(page.get_by_text("有 1 项安排等您答复")).to_be_visible()
    at("09-venue-waits")
    see()
    page.get_by_role("table", name="来本场所服务的安排").get_by_role("link").click()
    page.get_by_role("button", name="确认接待").click()
    expect(page.get_by_text("已确认，等对方答复")).to_be_visible()
    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/placing/")
    page.get_by_role("link", name="去答复").click()
    expect(page.get_by_text("0755-00000000")).to_have_count(0)
    at("10-asked")
    see()
    page.get_by_role("button", name="确认前往").click()
    expect(page.get_by_text("双方都已确认，到时候见")).to_be_visible()
    expect(page.get_by_text("0755-00000000")).to_be_visible()
    at("11-confirmed")
    see()

    # Afterwards.
    clock.set_now(VISIT + timedelta(days=1))
    enters(page, server, officer)
    page.goto(f"{server}/placements/{placement.pk}/")
    page.get_by_role("link", name="确认到访").click()
    page.get_by_label("实际到场人数").fill("58")
    page.get_by_label("一句话评价").fill("孩子们围着问个不停，欢迎再来")
    at("12-visit")
    see()
    page.get_by_role("button", name="确认到访").click()
    expect(page.get_by_text("已确认到访，谢谢")).to_be_visible()
    enters(page, server, by)
    page.goto(f"{server}/placements/{placement.pk}/")
    at("13-visited")
    page.get_by_role("button", name="填服务记录").click()
    expect(page.get_by_label("受众人数")).to_have_value("58")
    expect(page.get_by_label("开始时间")).to_have_value("2025-03-15T09:00")
    page.get_by_label("链接").fill("https://example.test/report")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，赛道联系人审核后会通知您")).to_be_visible()
    at("14-record")
    see()
    record = ServiceRecord.objects.get()
    enters(page, server, boss)
    page.goto(f"{server}/admin/seasons/servicerecord/{record.pk}/change/")
    expect(page.get_by_text("孩子们围着问个不停").first).to_be_visible()
    at("15-review")
    assert record.placement_id == placement.pk
