"""What the journeys share: the contest on a live server, its mails in a folder, pictures of what was seen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from core.jobs.services import drain_all
from core.notices import mailbox
from tests.journeys.looking import look
from tests.journeys.pictures import keep
from tests.registrations import staff
from tracks.models import Edition

PICTURES = Path(__file__).parents[2] / "test-results"
PASSWORD = "long-enough-1"
PATIENCE = 60_000  # ms: two slow cores, shared with other tests

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def contest(transactional_db: None, settings: LazySettings, live_server: LiveServer) -> Edition:
    """The contest; mails go into the folder that /dev/mail/ shows, their links lead to this server."""
    settings.EMAIL_BACKEND = "core.notices.backends.FolderBackend"
    settings.SITE_URL = live_server.url
    mailbox.empty()
    return staff.contest()


@pytest.fixture(params=[1200, 375])
def width(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def at(page: Page, width: int, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Takes a picture, named after the journey, the step and the width; those that documents show: pictures.py."""
    page.set_viewport_size({"width": width, "height": 900})
    page.set_default_timeout(PATIENCE)
    journey = request.node.originalname.removeprefix("test_")

    def taken(step: str, near: str = "") -> None:
        page.set_viewport_size({"width": width, "height": 900})  # axe may have looked in between
        page.wait_for_load_state()
        page.screenshot(path=PICTURES / f"{journey}-{width}-{step}.png", full_page=True)
        keep(page, f"{journey}-{step}" if width > 375 else f"{journey}-{step}-375", near)

    return taken


@pytest.fixture
def see(page: Page, width: int) -> Callable[[], None]:
    """axe finds nothing, at either width."""

    def looked() -> None:
        found = look(page)
        page.set_viewport_size({"width": width, "height": 900})
        assert found == []

    return looked


def deliver() -> None:
    """What the workers do."""
    drain_all()


def sign_in(page: Page, server: str, email: str) -> None:
    """By password, on the page that everybody uses."""
    page.goto(f"{server}/accounts/login/")
    page.get_by_label("手机号或邮箱", exact=True).fill(email)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def enters(page: Page, server: str, user: User) -> None:
    """With a session of their own."""
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": server}])
