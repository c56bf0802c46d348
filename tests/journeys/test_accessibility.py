"""axe finds nothing on any page of the portal, on a phone and on a desk (WCAG 2.2 AA)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage
from pytest_django.live_server_helper import LiveServer

from tests.contest import load_guangdong

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parents[1] / "vendor/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [375, 1200]

# URL names a visitor can open without signing in. A page for one role goes into a test of its own below.
PUBLIC = ["home", "tracks", "quota", "schedule", "downloads", "privacy", "accessibility", "account_login"]


def violations(context: BrowserContext, url: str, width: int) -> list[str]:
    """What is wrong with a page: axe's findings (rule: first element), script errors, what the CSP refused."""
    page, faults = context.new_page(), []
    page.set_viewport_size({"width": width, "height": 900})
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda message: faults.append(f"console: {message.text}") if _is_fault(message) else None)
    page.goto(url)
    page.evaluate(AXE)  # runs outside the page's Content-Security-Policy
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    faults += [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        faults.append("scrolls sideways")
    page.close()
    return faults


def _is_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and "status of 404" not in message.text  # the page of a 404 is looked at on purpose


@pytest.fixture
def open_page(context: BrowserContext, live_server: LiveServer, width: int) -> Callable[[str], list[str]]:
    """Opens an address at the test's width; gives what is wrong with it."""
    return lambda path: violations(context, f"{live_server.url}{path}", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages(width: int, open_page: Callable[[str], list[str]]) -> None:
    load_guangdong()
    paths = [*(reverse(name) for name in PUBLIC), "/no-such-page/"]
    assert {path: found for path in paths if (found := open_page(path))} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_before_an_edition_is_loaded(width: int, open_page: Callable[[str], list[str]]) -> None:
    assert open_page("/") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_large_text(
    width: int, context: BrowserContext, live_server: LiveServer, open_page: Callable[[str], list[str]]
) -> None:
    load_guangdong()
    context.add_cookies([{"name": "text", "value": "large", "url": live_server.url}])
    assert {name: found for name in ("home", "schedule") if (found := open_page(reverse(name)))} == {}
