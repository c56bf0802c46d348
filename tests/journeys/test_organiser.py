"""The organiser looks at the cockpit, changes a date with its reason, finds what was sent."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from registrations.services import reviewing
from tests.journeys.conftest import deliver, enters
from tests.registrations import staff
from tests.tracks import build
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_organiser(page: Page, live_server: LiveServer, contest: Edition, at: Callable[[str], None]) -> None:
    server, contact, boss = live_server.url, staff.contact(contest, "worker"), staff.organiser()
    reviewing.approve_rows(staff.stamped(contest, 6)[:4], by=contact)
    deliver()
    enters(page, server, boss)
    page.goto(server + reverse("cockpit"))
    expect(page.get_by_text("再过 5 天：单位推荐截止").first).to_be_visible()
    at("1-cockpit")

    due = contest.milestones.get(code="recommend_due")
    page.goto(f"{server}/admin/tracks/milestone/{due.pk}/reschedule/")
    page.get_by_label("最后受理").fill("2024-12-09T17:00")
    page.get_by_label("改期理由").fill("按领导小组会议要求提前")
    page.get_by_role("button", name="改期").click()
    expect(page.get_by_role("button", name="确认改期")).to_be_visible()
    at("2-date")
    page.get_by_role("button", name="确认改期").click()
    expect(page.get_by_text(re.compile("已改为")).first).to_be_visible()

    page.goto(server + reverse("admin:notices_notice_changelist"))
    expect(page.get_by_text("已发送").first).to_be_visible()
    at("3-notices")
    page.goto(server + reverse("messages"))
    at("4-messages")
    build.draft(contest, title="推荐报送延期的说明")
    page.goto(server + reverse("admin:tracks_announcement_changelist"))
    page.get_by_role("link", name="推荐报送延期的说明").first.click()
    expect(page.get_by_role("link", name="发布", exact=True).first).to_be_visible()
    at("5-announcement")
