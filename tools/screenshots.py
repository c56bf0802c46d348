"""The pictures in docs/images/: drives a *fresh* demo as a clerk, a contact and the organiser would.

    PORTAL_HOME=$(mktemp -d)/portal PORT=8021 make run
    .venv/bin/python -m tools.screenshots http://127.0.0.1:8021        # in a second window

Every picture is taken at 1200 px, some also at 375 px (`…-375.png`), and kept small enough for a README.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools.machine import ROOT, say

PASSWORD = "demo-AI-kepu-2024"  # what `make run` prints
IMAGES = ROOT / "docs" / "images"
DESK: ViewportSize = {"width": 1200, "height": 900}
ADMIN: ViewportSize = {"width": 1300, "height": 800}  # narrower, and the admin hides its menu
PHONE: ViewportSize = {"width": 375, "height": 780}
MOST_BYTES = 150_000
COLOURS = 256


@dataclass(frozen=True)
class Camera:
    """One browser, one portal."""

    browser: Browser
    address: str

    @contextmanager
    def visitor(self, window: ViewportSize = DESK) -> Iterator[Page]:
        """Somebody with a browser of their own."""
        context = self.browser.new_context(base_url=self.address, viewport=window, locale="zh-CN")
        context.set_default_timeout(10_000)
        yield context.new_page()
        context.close()

    @contextmanager
    def staff(self, mailbox: str) -> Iterator[Page]:
        """One of the demo's people, in the admin."""
        with self.visitor(ADMIN) as page:
            page.goto("/accounts/login/")
            page.fill("[name=login]", mailbox)
            page.fill("[name=password]", PASSWORD)
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_url("**/admin/")
            yield page


def take(page: Page, name: str, *, phone: bool = False, whole: bool = True) -> None:
    """Write docs/images/<name>.png; phone: also <name>-375.png; whole: the page to its end, not the window alone."""
    page.wait_for_load_state("networkidle")
    window = page.viewport_size or DESK
    if whole:  # a window as high as the page, so that what sticks to its lower edge stays there
        height = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": window["width"], "height": height})
    _keep(page.screenshot(), name)
    if phone:
        page.set_viewport_size(PHONE)
        _keep(page.screenshot(), f"{name}-375")
    page.set_viewport_size(window)


def _keep(png: bytes, name: str) -> None:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    path = IMAGES / f"{name}.png"
    image.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name}: {path.stat().st_size} bytes, at most {MOST_BYTES}")
    say(f"{path.name} {path.stat().st_size // 1024} KB")


def home(camera: Camera) -> None:
    """What anybody sees first."""
    with camera.visitor() as page:
        page.goto("/")
        take(page, "home", phone=True, whole=False)


def clerk(camera: Camera) -> None:
    """始兴县科协: from the invitation to the first submitted row."""
    with camera.visitor() as page:
        page.goto("/dev/mail/")
        page.get_by_role("link", name="始兴县").click()
        take(page, "clerk-1-invitation-mail")
        page.goto(page.locator("a[href*='/invitations/']").first.get_attribute("href") or "")
        take(page, "clerk-2-invitation")
        page.get_by_role("link", name="注册新账号").click()
        page.fill("[name=real_name]", "演示经办人")
        page.fill("[name=contact]", "shixing@demo.test")
        page.fill("[name=password1]", PASSWORD)
        page.get_by_role("button", name="注册并获取验证码").click()
        page.fill("[name=code]", newest_code(page))
        page.locator("main form").get_by_role("button").first.click()
        page.get_by_role("button", name="接受邀请").click()
        take(page, "clerk-3-empty")
        first_row(page)
        second_row(page)
        take(page, "clerk-5-sheet", phone=True)
        page.get_by_role("button", name="提交 1 行").click()
        take(page, "clerk-6-submitted")


def newest_code(page: Page) -> str:
    """The six digits of the newest mail."""
    mail = page.context.new_page()
    mail.goto("/dev/mail/")
    mail.locator("main table a").first.click()
    code = re.search(r"\b\d{6}\b", mail.locator("main").inner_text())
    mail.close()
    return code[0] if code else ""


def first_row(page: Page) -> None:
    """A row with a wrong ending, seen, then put right by one button."""
    fill(page, "演示代表甲", "始兴县城南中学科技志愿服务支队", "13800138001", "A")
    page.get_by_text("正确队名").wait_for()
    take(page, "clerk-4-row", phone=True)
    page.get_by_role("button", name="一键采用").click()


def second_row(page: Page) -> None:
    """An unfinished row, kept as a draft."""
    page.get_by_role("button", name="添加一行").click()
    fill(page, "演示代表乙", "始兴县丹霞小学", "138001380", "B")
    page.get_by_text("有 1 行要处理").wait_for()


def fill(page: Page, name: str, team: str, phone: str, category: str) -> None:
    """Type into the last row of the grid."""
    row = page.locator("tbody[data-row]").last
    for column, value in {"name": name, "team": team, "phone": phone}.items():
        row.locator(f"[name$='.{column}']").fill(value)
    row.locator(f"[value={category}]").check(force=True)


def contact(camera: Camera) -> None:
    """The contact of 科普工作者赛道: looks at the row, how it would go back, and passes it."""
    with camera.staff("worker@demo.test") as page:
        take(page, "contact-1-home")
        page.goto("/admin/registrations/recommendationrow/")
        page.get_by_role("link", name="始兴县城南中学").click()
        take(page, "contact-2-review")
        page.get_by_role("link", name="退回补正").click()
        page.fill("[name=reason]", "参赛队伍名称：请核对学校全称是否为“始兴县城南中学”。")
        take(page, "contact-3-return")
        page.get_by_role("link", name="返回").click()
        page.get_by_role("link", name="通过", exact=True).click()
        page.get_by_role("button", name="通过").click()


def organiser(camera: Camera) -> None:
    """The organiser's lists."""
    with camera.staff("organiser@demo.test") as page:
        take(page, "organiser-1-home")
        for number, model in enumerate(("tracks/milestone", "registrations/unit", "notices/notice"), 2):
            page.goto(f"/admin/{model}/")
            take(page, f"organiser-{number}-{model.rpartition('/')[2]}s", whole=False)


def main(address: str) -> None:
    """Take every picture of the portal at an address."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        camera = Camera(browser, address.rstrip("/"))
        for part in (home, clerk, contact, organiser):
            part(camera)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
