"""The main line: an invited clerk submits one row under the real rules, the contact passes it, both are told."""

import re
from collections import Counter
from collections.abc import Callable
from email.utils import parseaddr

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from core.notices import mailbox
from registrations.models import Recommendation, Unit
from registrations.services.units import invite_officer
from tests.core.account_helpers import code_in
from tests.journeys.conftest import PASSWORD, deliver, sign_in
from tests.journeys.looking import look
from tests.registrations import build, staff
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLERK, CONTACT = "clerk@example.test", "worker@example.test"
RIGHT = "始兴县城南中学科技志愿服务分队"


def test_clerk(page: Page, live_server: LiveServer, contest: Edition, width: int, at: Callable[..., None]) -> None:
    contact = staff.contact(contest, "worker")
    contact.set_password(PASSWORD)
    contact.save()
    invite_officer(Unit.objects.get(full_name=staff.SHIXING), by=staff.organiser(), email=CLERK)
    deliver()
    accept_invitation(page, live_server.url, at)
    compose_a_row(page, at, careful=width == 1200)
    submit(page, at)
    build.stamp(Recommendation.objects.get(), by=User.objects.get(email=CLERK))  # on paper: test_stamp.py
    page.context.clear_cookies()
    pass_it(page, live_server.url, at)
    page.context.clear_cookies()
    read_the_outcome(page, live_server.url, at)


def accept_invitation(page: Page, server: str, at: Callable[..., None]) -> None:
    page.goto(f"{server}/dev/mail/")
    page.get_by_role("link", name=re.compile("填写推荐申报表")).first.click()
    at("1-invitation-mail")
    page.get_by_role("link", name="invitations").first.click()
    at("2-invitation")
    page.get_by_role("link", name="注册新账号").click()
    page.get_by_label("真实姓名", exact=True).fill("王芳")
    page.get_by_label("手机号或邮箱", exact=True).fill(CLERK)
    page.get_by_label(re.compile("^设一个密码")).fill(PASSWORD)
    page.get_by_role("button", name="注册").click()
    expect(page.get_by_label("验证码", exact=True)).to_be_visible()  # the mail is on its way by then
    page.get_by_label("验证码", exact=True).fill(code_in(mailbox.latest()[0].text))
    at("3-code")
    page.get_by_role("button", name="确定", exact=True).click()
    page.get_by_role("button", name="接受邀请").click()
    expect(page.get_by_role("heading", name="填写推荐表")).to_be_visible()
    at("4-empty-form")


def compose_a_row(page: Page, at: Callable[..., None], *, careful: bool) -> None:
    page.get_by_role("textbox", name=re.compile("^姓名")).fill("李明")
    page.get_by_role("textbox", name=re.compile("^参赛队伍名称")).fill(
        "始兴县城南中学科技志愿服务支队"
    )  # the ending of another kind of unit
    page.get_by_role("textbox", name=re.compile("^联系电话")).fill("13800138001")
    page.get_by_role("checkbox", name=re.compile("^\\s*A")).check(force=True)
    expect(page.locator("#saved")).to_contain_text("已自动保存")
    expect(page.get_by_text(f"正确队名：{RIGHT}").first).to_be_visible()
    at("5-wrong-name", near="tbody[data-row]")
    if careful:
        assert look(page) == []
        page.set_viewport_size({"width": 1200, "height": 900})
    page.get_by_role("button", name="一键采用").click()
    expect(page.get_by_role("textbox", name=re.compile("^参赛队伍名称"))).to_have_value("始兴县城南中学")


def submit(page: Page, at: Callable[..., None]) -> None:
    expect(page.get_by_role("heading", name="填写推荐表")).to_be_visible()
    at("6-form")
    page.get_by_role("button", name="提交 1 行", exact=True).click()
    expect(page.get_by_text("已提交 1 行").first).to_be_visible()
    at("7-submitted")
    deliver()


def pass_it(page: Page, server: str, at: Callable[..., None]) -> None:
    sign_in(page, server, CONTACT)
    waiting = page.get_by_role("link", name=re.compile(r"待审\s*1")).first
    expect(waiting).to_be_visible()
    at("8-contact")
    waiting.click()
    page.get_by_role("link", name=RIGHT).first.click()
    at("9-review")
    page.get_by_role("link", name="通过", exact=True).click()
    at("10-approve")
    page.get_by_role("button", name="通过并发出通知").click()
    expect(page.get_by_text("第 1 行已通过").first).to_be_visible()
    deliver()


def read_the_outcome(page: Page, server: str, at: Callable[..., None]) -> None:
    sent = Counter((parseaddr(mail.to)[1], re.split("[：为]", mail.subject)[0]) for mail in mailbox.latest())
    told = [(CLERK, "请"), (CLERK, "注册验证码"), (CLERK, "已提交 1 行推荐"), (CONTACT, "待审核"), (CLERK, "审核通过")]
    assert sent == dict.fromkeys(told, 1)
    sign_in(page, server, CLERK)
    expect(page.get_by_role("heading", name="填写推荐表")).to_be_visible()
    record = page.get_by_role("complementary")
    for words in ("王芳 提交推荐", "联系人worker 审核通过"):
        expect(record.get_by_text(words).first).to_be_visible()
    at("11-passed")
