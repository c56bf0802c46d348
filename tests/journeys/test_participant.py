"""Participants: a recommended individual claims a place; an open team of three has a minor whose guardian consents."""

import re

import pytest
from playwright.sync_api import Page, expect

from core import clock
from core.accounts.models import User
from registrations.entry_models import Entry, MemberInvitation
from registrations.models import RecommendationRow
from registrations.personal_models import Guardian
from registrations.services import claiming, guardians
from tests.core.account_helpers import Phone, code_in
from tests.journeys.conftest import PASSWORD, deliver, sign_in
from tests.registrations import build
from tests.registrations.entries.build import REGISTERING

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = "13800138001"


@pytest.fixture(autouse=True)
def phones(settings):
    settings.SMS_BACKEND = "tests.core.account_helpers.Phone"
    Phone.texts.clear()


def test_recommended(page, live_server, contest, width, at, see):
    desk = build.desk(contest, name="测试县科学技术协会")
    [row] = desk.submitted(name="祝宇", phone=PHONE)
    RecommendationRow.objects.filter(pk=row.pk).update(state="approved", decided_at=clock.now())
    desk.officer.set_password(PASSWORD)
    desk.officer.save()

    sign_in(page, live_server.url, desk.officer.email)
    page.goto(f"{live_server.url}/units/{desk.unit.pk}/entries/")
    page.get_by_role("button", name="生成认领码（1 个）").click()
    expect(page.get_by_text("认领码已备好，等待认领").first).to_be_visible()
    at("1-codes")
    see()
    page.get_by_role("button", name="发短信", exact=True).click()
    expect(page.get_by_text("认领码已发到祝宇的手机").first).to_be_visible()
    page.context.clear_cookies()

    page.goto(f"{live_server.url}/claim/")
    page.get_by_role("link", name=re.compile("注册")).first.click()
    sign_up(page, "祝宇", PHONE)
    code = claiming.shown(row.claims.get().code)
    page.goto(f"{live_server.url}/claim/")
    at("2-own-place")
    see()
    page.get_by_role("textbox", name=re.compile("^认领码")).fill(code)
    page.get_by_role("button", name="查找名额").click()
    expect(page.get_by_role("button", name="认领这个名额")).to_be_visible()
    at("3-place")
    see()
    page.get_by_role("button", name="认领这个名额").click()
    expect(page.get_by_role("heading", name="我到哪一步了")).to_be_visible()
    at("4-progress")
    see()
    entry = Entry.objects.get()
    claim_and_submit(page, live_server.url, entry, "广东省内各级社会组织", at)
    assert (Entry.objects.get().state, Entry.objects.get().row_id) == ("entered", row.pk)
    expect(page.get_by_text("资格审核").first).to_be_visible()
    at("7-entered")
    page.goto(f"{live_server.url}/account/consents/")  # digests are long, phones are narrow
    expect(page.get_by_text("原创与合规承诺书").first).to_be_visible()
    at("8-consents")
    see()


def test_team(page, live_server, contest, width, at, see):
    clock.set_now(REGISTERING)
    make("李明", "liming@example.test")
    sign_in(page, live_server.url, "liming@example.test")
    page.goto(f"{live_server.url}/enter/")
    page.get_by_role("radio", name=re.compile("青少年赛道")).check()
    page.get_by_role("radio", name=re.compile("^\\s*团队")).check()
    page.get_by_role("textbox", name=re.compile("^队伍名称")).fill("智绘科普队")
    page.get_by_role("textbox", name="所在单位/学校院系").fill("龙岗区实验学校")
    page.get_by_role("checkbox", name=re.compile("^\\s*A")).check(force=True)
    at("1-enter")
    page.get_by_role("main").get_by_role("button", name=re.compile("报名|开始|保存|下一步")).last.click()
    expect(page.get_by_role("heading", name="我到哪一步了")).to_be_visible()
    entry = Entry.objects.get()
    links = [invite(page, live_server.url, entry, name) for name in ("胡燕", "祝宇")]
    at("2-invited")
    see()
    for name, mailbox, link in (("胡燕", "huyan@example.test", links[0]), ("祝宇", "zhuyu@example.test", links[1])):
        make(name, mailbox)
        page.context.clear_cookies()
        sign_in(page, live_server.url, mailbox)
        page.goto(link)
        page.get_by_role("checkbox", name="我已阅读并同意《个人信息处理告知》").check()
        page.get_by_role("checkbox", name="我已阅读并同意《原创与合规承诺书》").check()
        at(f"2-{mailbox[:2]}-joins")
        see()
        page.get_by_role("button", name="接受邀请").click()
        expect(page.get_by_role("heading", name="我到哪一步了")).to_be_visible()
    page.context.clear_cookies()

    sign_in(page, live_server.url, "liming@example.test")
    born(page, live_server.url, entry, "李明", "2006")
    born(page, live_server.url, entry, "胡燕", "2005")
    born(page, live_server.url, entry, "祝宇", "2012")
    expect(page.get_by_text("第二步：请监护人同意").first).to_be_visible()
    page.get_by_role("textbox", name=re.compile("^监护人姓名")).fill("祝母")
    page.get_by_role("textbox", name=re.compile("^监护人手机号")).fill("13800138099")
    page.get_by_role("radio", name="母亲", exact=True).check()
    page.get_by_role("button", name="发短信给监护人").click()
    expect(page.get_by_text("等待监护人确认").first).to_be_visible()
    at("3-waiting")
    see()
    page.context.clear_cookies()
    deliver()

    assert any("需要监护人同意" in text for text in Phone.texts)  # on the guardian's own phone
    page.goto(str(guardians.link(Guardian.objects.get())))
    at("4-guardian")
    see()
    page.get_by_role("checkbox", name=re.compile("我已阅读并同意上面的内容")).check()
    page.get_by_role("textbox", name=re.compile("^监护人签名")).fill("祝母")
    page.get_by_role("button", name="同意并签名").click()
    expect(page.get_by_role("heading", name="谢谢，您的同意已记下")).to_be_visible()
    at("5-signed")

    sign_in(page, live_server.url, "liming@example.test")
    claim_and_submit(page, live_server.url, entry, "全省中小学校", at)
    found = Entry.objects.get()
    assert (found.state, found.members, Guardian.objects.get().state) == ("entered", 3, "given")


def make(name: str, mailbox: str) -> User:
    return User.objects.create_user(name, email=mailbox, password=PASSWORD)


def sign_up(page: Page, name: str, phone: str) -> None:
    page.get_by_label("真实姓名", exact=True).fill(name)
    page.get_by_label("手机号或邮箱", exact=True).fill(phone)
    page.get_by_label(re.compile("^设一个密码")).fill(PASSWORD)
    page.get_by_role("button", name="注册").click()
    expect(page.get_by_label("验证码", exact=True)).to_be_visible()  # the code was sent by then
    page.get_by_label("验证码", exact=True).fill(code_in(Phone.texts[-1]))
    page.get_by_role("button", name="确定", exact=True).click()


def invite(page: Page, server: str, entry: Entry, name: str) -> str:
    page.goto(f"{server}/entries/{entry.pk}/people/")
    page.get_by_role("textbox", name="姓名", exact=True).fill(name)
    page.get_by_role("radio", name="队员", exact=True).check()
    page.get_by_role("button", name="生成邀请").click()
    expect(page.get_by_text("邀请链接已生成").first).to_be_visible()
    sent = MemberInvitation.objects.get(name=name)
    return page.locator(f"#link{sent.pk}").input_value()


def born(page: Page, server: str, entry: Entry, name: str, year: str) -> None:
    member = entry.people.get(name=name)
    page.goto(f"{server}/entries/{entry.pk}/people/{member.pk}/birth/")
    page.get_by_role("textbox", name="出生年份").fill(year)
    page.get_by_role("combobox", name="出生月份").select_option("05")
    page.get_by_role("button", name="保存出生年月").click()
    expect(page.get_by_text("出生年月已保存").first).to_be_visible()


def claim_and_submit(page: Page, server: str, entry: Entry, condition: str, at) -> None:
    page.goto(f"{server}/entries/{entry.pk}/eligibility/")
    box = page.get_by_role("checkbox", name=re.compile(condition))
    box.check()
    code = {"广东省内各级社会组织": "social_organisation", "全省中小学校": "pupil"}[condition]
    page.locator(f"#id_{code}-link").fill("https://example.test/proof")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/entries/*/")
    at("6-ready")
    page.goto(f"{server}/entries/{entry.pk}/submit/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name=re.compile("提交")).last.click()
    expect(page.get_by_text(re.compile("报名已提交，编号")).first).to_be_visible()
