"""The organiser gives a program its token, reads it once, and the program reads what it may."""

import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.journeys.conftest import enters
from tests.registrations import staff
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_program_gets_its_token(
    page: Page, live_server: LiveServer, contest: Edition, at: Callable[[str], None], see: Callable[[], None]
) -> None:
    page.goto(f"{live_server.url}/api/v1/")
    expect(page.get_by_role("heading", name="数据接口")).to_be_visible()
    at("1-page")
    see()
    enters(page, live_server.url, staff.organiser())
    page.goto(f"{live_server.url}/admin/api/apitoken/new")
    page.get_by_label("用途").fill("省科协数据平台")
    page.get_by_label("作品的状态和版本（没有内容）").check()
    at("2-form")
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.get_by_text("离开本页以后再也看不到")).to_be_visible()
    at("3-secret")
    secret = re.search(r"aikp_[\w-]{43}", page.content())[0]
    asked = urllib.request.Request(
        f"{live_server.url}/api/v1/editions/current/works", headers={"Authorization": f"Bearer {secret}"}
    )
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer) == {"next": None, "items": []}
    page.get_by_role("link", name="已经保存好").click()
    expect(page.get_by_text("省科协数据平台").first).to_be_visible()
    at("4-kept")
    assert secret not in page.content()
