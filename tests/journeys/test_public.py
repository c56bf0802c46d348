"""A visitor reads the news, the answers, a guide, and looks at the works that won."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument
from pytest_django.live_server_helper import LiveServer

from aisc_portal.guides import GUIDES
from tests.awards import wall_build
from tests.journeys.conftest import PICTURES
from tests.registrations import staff
from tests.tracks import build
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOK = Callable[[str], None]
SEE = Callable[[], None]
BODY = """推荐表**打印盖章后上传扫描件**，才算报送完成。

## 各步骤

1. 填写推荐表
2. 打印盖章，再上传扫描件

| 单位类别 | 名额 |
|---|---|
| 其他县（市、区）科协 | 25 |

![现场照片](现场.png)
"""


def test_reading_the_news(
    page: Page, live_server: LiveServer, contest: Edition, at: LOOK, see: SEE, width: int
) -> None:
    build.boss()
    one = build.draft(contest, title="推荐报送进入最后一周", body=BODY)
    build.attached(one)
    build.services.publish(one, None, by=build.boss())
    build.published(contest, title="青少年赛道：未成年人报名须监护人同意", track=contest.tracks.get(code="youth"))
    build.published(contest, kind="faq", title="不会用 AI 能参加吗？", body="能。**不要求**提前掌握 AI 技能。")
    build.group_code(contest.tracks.get(code="worker"))
    page.goto(live_server.url)
    at("1-home")
    see()
    page.get_by_role("link", name="全部公告").click()
    at("2-news")
    see()
    page.get_by_role("link", name="推荐报送进入最后一周").click()
    expect(page.get_by_role("heading", name="各步骤")).to_be_visible()
    at("3-one")
    see()
    page.goto(f"{live_server.url}/questions/")
    page.get_by_text("不会用 AI 能参加吗？").click()
    expect(page.get_by_text("不要求")).to_be_visible()
    at("4-questions")
    see()
    page.goto(f"{live_server.url}/guides/")
    at("5-guides")
    page.get_by_role("main").get_by_role("link", name="推荐单位填报人指南").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("推荐单位填报人指南")
    at("6-guide")
    see()


@pytest.mark.parametrize("who", GUIDES)
def test_a_guide_is_two_sheets_at_most(page: Page, live_server: LiveServer, contest: Edition, who: str) -> None:
    page.goto(f"{live_server.url}/guides/{who}/")
    page.get_by_role("article").locator("img").last.scroll_into_view_if_needed()
    printed = PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(printed) <= 2
    PICTURES.mkdir(exist_ok=True)
    for number, sheet in enumerate(printed, 1):
        sheet.render(scale=1.2).to_pil().save(PICTURES / f"guide-{who}-{number}.png")


def test_looking_at_the_works(
    page: Page, live_server: LiveServer, contest: Edition, at: LOOK, see: SEE, width: int
) -> None:
    boss = staff.organiser()
    titles = ("识鸟小程序", "节气小课堂", "一个名字长到一行放不下、要折成两行的垃圾分类问答小程序", "台风科普助手")
    wall_build.won(contest, boss, *(wall_build.handed(contest, title, ai=title != "节气小课堂") for title in titles))
    page.goto(f"{live_server.url}/gallery/")
    expect(page.locator(".wall__picture img").first).to_have_js_property("naturalWidth", 400)
    at("1-wall")
    see()
    page.get_by_label("类别").select_option("A")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("没有符合条件的作品")).to_be_visible()
    at("2-none")
    page.get_by_role("link", name="看全部").click()
    page.get_by_role("link", name="识鸟小程序").click()
    expect(page.get_by_text("认识身边的鸟。")).to_be_visible()
    at("3-work")
    see()
    page.goto(f"{live_server.url}/editions/{contest.slug}/")
    at("4-edition")
    see()
    page.goto(live_server.url)
    expect(page.get_by_text("本届大赛已结束。")).to_be_visible()
    at("5-home-over")
    see()
