"""The clerk uploads the faulty sample and keeps what must be mended as drafts; a change by 序号 is asked for."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from tests.contest import load_guangdong
from tests.core.workbooks import SAMPLES
from tests.journeys.looking import WIDTHS, look
from tests.registrations import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FAULTY = SAMPLES / "推荐申报表-始兴县科协-有错.xlsx"


def signed_in(context: BrowserContext, live_server: LiveServer, user: User, width: int) -> Page:
    """A page of this person's own session."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_the_faulty_sample(width: int, context: BrowserContext, live_server: LiveServer) -> None:
    desk = build.desk(load_guangdong())
    page = signed_in(context, live_server, desk.officer, width)
    page.goto(live_server.url + reverse("workbook_new", kwargs={"unit": desk.unit.pk}))
    assert look(page) == []
    page.get_by_label("推荐申报表", exact=True).set_input_files(FAULTY)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_text("18 行可以存入").first).to_be_visible()
    assert look(page) == []
    page.get_by_role("checkbox", name=re.compile("也存为草稿")).check()
    page.get_by_role("button", name="确认存入").click()
    expect(page.get_by_text("新增 18 行，存为草稿待修改 6 行").first).to_be_visible()
    assert desk.form.rows.count() == 24


@pytest.mark.parametrize("width", WIDTHS)
def test_a_change_found_by_its_number(width: int, context: BrowserContext, live_server: LiveServer) -> None:
    desk = build.desk(load_guangdong())
    desk.rows(2)
    page = signed_in(context, live_server, desk.officer, width)
    page.goto(live_server.url + reverse("workbook_new", kwargs={"unit": desk.unit.pk}))
    rows = "序号,姓名,联系电话,报名类别\n2,赵小芳,13800138099,A\n1,王小芳,13800138000,A、B\n"
    file = FilePayload(name="改.csv", mimeType="text/csv", buffer=rows.encode("gbk"))
    page.get_by_label("推荐申报表", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="核对上传的工作簿")).to_be_visible()
    assert look(page) == []
    page.get_by_role("radio", name=re.compile("是同一行，照文件改")).check()
    page.get_by_role("button", name="确认存入").click()
    expect(page.get_by_text("改动 2 行").first).to_be_visible()
