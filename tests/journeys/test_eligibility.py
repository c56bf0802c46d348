"""Claiming a condition, having it returned, mending it, and being accepted: participant and contact, at both widths."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from core import clock
from core.accounts.models import User
from registrations.models import ReplyPhrase
from registrations.services import entering
from tests.registrations import staff
from tests.registrations.entries.build import REGISTERING, TEXTS, draft

from .conftest import PASSWORD, sign_in
from .looking import ADMIN, PORTAL, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def account(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "教师资格证.png"
    content = io.BytesIO()
    Image.new("RGB", (900, 600), "lightgray").save(content, "PNG")
    path.write_bytes(content.getvalue())
    return path


def test_a_returned_claim_is_mended_and_passes(contest, live_server, page, width, at, certificate):
    def see(measure=PORTAL):
        found = look(page, measure)
        page.set_viewport_size({"width": width, "height": 900})
        assert found == []

    clock.set_now(REGISTERING)
    by = account(User.objects.create_user("祝宇", phone="13800138001", email="zhuyu@example.test"))
    contact = account(staff.contact(contest, "worker"))
    ReplyPhrase.objects.create(words="证明上要有单位公章")
    entry = draft(contest, by)

    sign_in(page, live_server.url, by.email)
    address = f"{live_server.url}/entries/{entry.pk}/eligibility/"
    page.goto(address)
    at("1-conditions")
    page.get_by_role("checkbox", name="全省中小学校信息科技教师、医务工作者").check()
    page.get_by_role("checkbox", name="近三年内在各平台具有 AI 作品产出的个人或团队").check()
    page.locator("#id_ai_author-link").fill("www.example.test")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".errors").first).to_be_visible()
    at("2-wrong")
    see()
    page.get_by_role("checkbox", name="近三年内在各平台具有 AI 作品产出的个人或团队").uncheck()
    page.locator("#id_teacher_or_medic-file").set_input_files(certificate)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/entries/*/")
    entering.enter(entry, by=by, accepted=TEXTS)
    page.goto(address)
    at("3-sent")
    see()

    page.context.clear_cookies()
    sign_in(page, live_server.url, contact.email)
    page.goto(f"{live_server.url}/admin/registrations/entry/")
    at("4-queue")
    page.goto(f"{live_server.url}/admin/registrations/entry/{entry.pk}/change/")
    at("5-entry")
    see(ADMIN)
    page.keyboard.press("r")
    page.get_by_label("证明上要有单位公章").check()
    page.get_by_role("button", name="下一步：预览通知").click()
    expect(page.get_by_role("button", name="退回补正并发出通知")).to_be_visible()
    at("6-letter")
    see(ADMIN)
    page.get_by_role("button", name="退回补正并发出通知").click()
    page.wait_for_url("**/admin/registrations/entry/")

    page.context.clear_cookies()
    sign_in(page, live_server.url, by.email)
    page.goto(address)
    at("7-returned")
    see()
    page.locator("#id_teacher_or_medic-statement").fill("已补盖公章")
    page.get_by_role("button", name="保存并提交审核").click()
    page.wait_for_url("**/entries/*/")

    page.context.clear_cookies()
    sign_in(page, live_server.url, contact.email)
    page.goto(f"{live_server.url}/admin/registrations/entry/{entry.pk}/change/")
    page.keyboard.press("a")
    at("8-accepting")
    page.get_by_role("button", name="认可并发出通知").click()
    page.wait_for_url("**/admin/registrations/entry/")
    entry.refresh_from_db()
    assert entry.state == "accepted"
