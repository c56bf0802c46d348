"""A contact is told of a copy and of a name, lays both works side by side, and notes what came of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from registrations.services.examining import examine_later
from tests.journeys.conftest import PASSWORD, deliver, sign_in
from tests.registrations import staff
from tests.registrations.works.handed_in import entry, hand_in, text
from tests.registrations.works.texts import essay
from tracks.models import Edition

pytestmark = pytest.mark.browser


def test_comparing(contest: Edition, page: Page, live_server: LiveServer, at: Callable[[str], None]) -> None:
    contact = staff.contact(contest, "worker")
    contact.set_password(PASSWORD)
    contact.save()
    lesson = essay(1, 900)
    for name, words in (("祝小宇", lesson), ("胡燕", essay(2, 300) + lesson[:500] + essay(3, 200))):
        version = hand_in(entry(contest, name), text(f"{words}作者：{name}", f"{name}-教案.txt"), title="叶子的厨房")
        examine_later(version)
    deliver()
    sign_in(page, live_server.url, contact.email)
    page.goto(f"{live_server.url}/admin/registrations/work/{version.work_id}/change/")
    expect(page.get_by_text("会让评委看出作者")).to_be_visible()
    at("work")
    page.get_by_role("link", name="文字相近").click()
    expect(page.locator("mark").first).to_be_visible()
    at("side-by-side")
    page.get_by_label("比对意见").fill("同一份公开教案，各自改写")
    page.get_by_role("button", name="记下比对意见").click()
    expect(page.get_by_text("已比对：同一份公开教案")).to_be_visible()
    page.goto(f"{live_server.url}/admin/registrations/likeness/?looked=all")
    at("queue")
