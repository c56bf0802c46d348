"""A clerk registers the unit's volunteer force and writes an activity down; the organiser finds it in the list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core import clock
from registrations.models import Unit
from tests.journeys.conftest import enters
from tests.registrations import build as units
from tests.registrations.staff import organiser
from tests.seasons.forces import build
from tests.seasons.points import build as points
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_forces(
    page: Page, live_server: LiveServer, contest: Edition, at: Callable[[str], None], see: Callable[[], None]
) -> None:
    unit = Unit.objects.get(full_name="韶关市仁化县科学技术协会")
    units.officer(unit, "renhua@example.test")
    points.passed(build.recommended(unit, contest), by=points.contact(contest))
    clock.set_now(points.LATER)
    enters(page, live_server.url, build.clerk_of(unit))
    page.goto(f"{live_server.url}/units/{unit.pk}/forces/")  # from the menu, which a phone folds away
    at("none")
    page.get_by_role("link", name="登记志愿服务队").click()
    page.get_by_label("负责人姓名").fill("演示负责人")
    page.get_by_label("队伍人数").fill("320")
    page.get_by_label("场馆与基地服务").check()
    at("form")
    see()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("还差 180 人")).to_be_visible()
    page.get_by_label("做了什么").fill("农技下乡")
    page.get_by_label("服务类型").select_option("innovation")
    page.get_by_label("日期").fill("2025-02-15")
    page.get_by_label("时长（小时）").fill("2")
    page.get_by_label("参加的志愿者").fill("12")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_role("rowheader", name="农技下乡")).to_be_visible()
    at("force")
    see()
    page.goto(f"{live_server.url}/units/{unit.pk}/forces/")
    at("list")
    see()
    enters(page, live_server.url, organiser())
    page.goto(f"{live_server.url}/admin/seasons/force/?size=small")
    expect(page.get_by_text("1 支队伍")).to_be_visible()
    at("admin")
    page.get_by_role("link", name="仁化县").first.click()
    at("admin-force")
