"""A visitor looks around; somebody with an account signs in by password and by code."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from core.notices import mailbox
from tests.core.account_helpers import code_in
from tests.journeys.conftest import PASSWORD, sign_in
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOK = Callable[[str], None]


def test_visitor(page: Page, live_server: LiveServer, contest: Edition, at: LOOK) -> None:
    page.goto(live_server.url)
    expect(page.get_by_role("timer").first).to_contain_text(re.compile(r"5\s*天"))
    at("1-home")
    seen = {"tracks": "高校赛道", "quota": "50", "schedule": "12 月 15 日", "downloads": "推荐申报表"}
    for step, (name, words) in enumerate(seen.items(), 2):
        page.locator(f"a[href='{reverse(name)}']:visible").last.click()
        expect(page.get_by_role("main")).to_contain_text(words)
        at(f"{step}-{name}")
    with page.expect_download() as download:
        page.get_by_role("main").get_by_role("link", name=re.compile("xlsx|下载")).first.click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_large_print(page: Page, live_server: LiveServer, contest: Edition, at: LOOK) -> None:
    page.goto(f"{live_server.url}/quota/")
    page.get_by_role("button", name="大字版").last.click()
    expect(page.locator("html")).to_have_class("text-l")
    at("1-quota")
    page.get_by_role("button", name="标准字").last.click()
    expect(page.locator("html")).not_to_have_class("text-l")


def test_signing_in(page: Page, live_server: LiveServer, contest: Edition, at: LOOK) -> None:
    User.objects.create_user("王芳", email="wang@example.test", password=PASSWORD)
    sign_in(page, live_server.url, "wang@example.test")
    expect(page).to_have_url(re.compile("/enter/$"))
    at("1-desk")
    page.get_by_role("button", name="退出登录").last.click()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("link", name="用验证码登录").click()
    page.get_by_label("手机号或邮箱", exact=True).fill("wang@example.test")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_label("验证码", exact=True)).to_be_visible()  # the mail is on its way by then
    at("2-code")
    page.get_by_label("验证码", exact=True).fill(code_in(mailbox.latest()[0].text))
    page.get_by_role("button", name="确定", exact=True).click()
    expect(page).to_have_url(re.compile("/enter/$"))


def test_a_wrong_password_keeps_what_was_typed(page: Page, live_server: LiveServer, contest: Edition, at: LOOK) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("手机号或邮箱", exact=True).fill("wang@example.test")
    page.get_by_label("密码", exact=True).fill("not-this-one")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").or_(page.locator("[id$=summary], .error-summary")).first).to_be_focused()
    expect(page.get_by_label("手机号或邮箱", exact=True)).to_have_value("wang@example.test")
    at("1-refused")
