"""A service is recorded, judged and counted; a line is disputed and answered; the organiser freezes the season."""

import re

import pytest
from playwright.sync_api import expect

from core import clock
from seasons.models import PointSnapshot
from tests.journeys.conftest import deliver, enters
from tests.registrations import staff
from tests.seasons.points import build
from tests.seasons.points.build import LATER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_points(page, live_server, contest, at, see, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    server, edition = live_server.url, build.edition()
    contact, boss = staff.contact(edition, "worker"), build.organiser()
    entry = build.entry(edition)
    by = build.lead(entry)
    clock.set_now(LATER)

    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/")
    page.get_by_role("link", name="填服务记录").click()
    at("1-list")
    page.get_by_role("button", name="填一条新记录").click()
    page.get_by_label("活动名称").fill("社区科普课：看懂人工智能")
    page.get_by_label("服务类型").select_option("two_centres")
    page.get_by_label("开始时间").fill("2025-03-08T09:00")
    page.get_by_label("结束时间").fill("2025-03-08T11:30")
    page.get_by_label("地点").fill("龙岗区党群服务中心")
    page.get_by_label("受众人数").fill("60")
    page.get_by_label("人数怎么统计的").fill("签到表")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("请上传至少一张活动照片").first).to_be_visible()
    at("2-missing")
    see()
    page.get_by_label("链接").fill("https://example.test/report")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，赛道联系人审核后会通知您")).to_be_visible()
    at("3-submitted")

    enters(page, server, contact)
    page.goto(f"{server}/admin/seasons/servicerecord/")
    page.get_by_role("link", name=re.compile("GDAIKP1-S-")).first.click()
    at("4-review")
    page.get_by_role("link", name="通过", exact=True).click()
    page.get_by_role("button", name="通过并发出通知").click()
    deliver()

    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/points/")
    expect(page.get_by_text("2 小时 × 2 分").first).to_be_visible()
    expect(page.get_by_text("全榜第 1 名")).to_be_visible()
    at("5-passbook")
    see()
    page.get_by_role("link", name=re.compile("有异议.*2 小时 ×")).click()
    page.get_by_label("哪里不对").fill("活动是两个半小时，应计 3 小时")
    at("6-dispute")
    page.get_by_role("button", name="提交异议").click()

    enters(page, server, contact)
    page.goto(f"{server}/admin/seasons/dispute/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="答复").click()
    page.get_by_label("维持原计分").check()
    page.get_by_label("答复").fill("按满 1 小时计，半小时不计")
    at("7-answer")
    page.get_by_role("button", name="答复").click()

    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/points/")
    expect(page.get_by_text("按满 1 小时计，半小时不计")).to_be_visible()

    enters(page, server, boss)
    page.goto(f"{server}/admin/seasons/ladder/")
    page.locator("#result_list tbody a").first.click()
    at("8-season")
    page.get_by_role("link", name="冻结", exact=True).click()
    page.get_by_label("理由").fill("演练：提前冻结")
    page.get_by_role("button", name="冻结").click()
    deliver()
    page.goto(f"{server}/leaderboard/")
    expect(page.get_by_text(PointSnapshot.objects.get().sha256)).to_be_visible()
    at("9-board")
    see()
