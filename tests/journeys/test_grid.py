"""A clerk at the grid, with the script and without, on a desk and on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import Session
from registrations.models import RecommendationRow
from tests.contest import load_guangdong
from tests.journeys.conftest import PATIENCE
from tests.journeys.looking import WIDTHS, faults
from tests.registrations import build, scene
from tests.registrations.staff import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BLOCK = (
    "姓名\t队名\t单位\t联系电话\t报名类别\n张甲\t\t城南中学\t138 0013 8901\tA、C\n张乙\t城北中学\t\t13800138902\t研学"
)


@pytest.fixture
def desk() -> build.Desk:
    return build.desk(load_guangdong())


@pytest.fixture
def address(desk: build.Desk, context: BrowserContext, live_server: LiveServer) -> str:
    """The page, to somebody signed in."""
    session = signed_in(desk.officer).cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
    return live_server.url + reverse("recommendation", args=[desk.unit.pk])


def open_at(context: BrowserContext, address: str, width: int = 1200) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    return page


def cell(page: Page, row: RecommendationRow, name: str):
    return page.locator(f"#r{row.pk}-{name}")


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("已自动保存")


def test_axe_finds_nothing(desk: build.Desk, address: str, context: BrowserContext) -> None:
    scene.fill(desk)
    page = context.new_page()
    assert [faults(page, found) for found in (address, f"{address}?new=1")] == [[], []]


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_typed_is_saved_by_itself(desk: build.Desk, address: str, context: BrowserContext, width: int) -> None:
    first, *_ = desk.rows(2)
    page = open_at(context, address, width)
    cell(page, first, "name").fill("")
    cell(page, first, "team").fill("始兴县城南中学")
    saved(page)
    expect(page.locator(f"#r{first.pk} .note")).to_contain_text("请填写姓名")
    expect(page.locator("#bar")).to_contain_text("提交 1 行")
    cell(page, first, "name").fill("王一一")
    expect(page.locator("#bar")).to_contain_text("提交 2 行")
    page.get_by_role("button", name="提交 2 行").click()
    expect(page.locator("main")).to_contain_text("已提交 2 行")
    first.refresh_from_db()
    assert (first.name, first.team_name, desk.states) == ("王一一", "始兴县城南中学科技志愿服务分队", ["submitted"] * 2)


def test_rows_are_added_by_enter_and_kept_once(desk: build.Desk, address: str, context: BrowserContext) -> None:
    page = open_at(context, address)
    page.locator("tbody[data-row] [name$='.name']").last.fill("张甲")
    page.keyboard.press("Enter")
    page.keyboard.type("张乙")
    saved(page)
    expect(page.locator("tbody[data-row^=n]")).to_have_count(0)
    page.locator("tbody[data-row] [name$='.organisation']").last.fill("城南中学")
    page.locator("h1").click()
    for _ in range(50):  # the word “正在保存” may come and go unseen
        if desk.form.rows.filter(organisation="城南中学").exists():
            break
        page.wait_for_timeout(200)
    saved(page)
    assert [(row.name, row.organisation) for row in desk.form.rows.all()] == [("张甲", ""), ("张乙", "城南中学")]


def test_a_block_from_excel(desk: build.Desk, address: str, context: BrowserContext) -> None:
    row = desk.row(name="旧名")
    page = open_at(context, address)
    paste = "([where, text]) => { const data = new DataTransfer(); data.setData('text/plain', text);"
    paste += (
        "where.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) }"
    )
    page.evaluate(paste, [cell(page, row, "name").element_handle(), BLOCK])
    expect(page.locator("#saved")).to_contain_text("已粘贴 2 行，新增 1 行")
    page.get_by_role("button", name="撤销粘贴").click()
    expect(cell(page, row, "name")).to_have_value("旧名")
    page.evaluate(paste, [cell(page, row, "name").element_handle(), BLOCK])
    page.get_by_role("button", name="提交 1 行").click()  # saves first, and says that now two can go
    expect(page.locator("#saved")).to_contain_text("请看过再按")
    page.get_by_role("button", name="提交 2 行").click()
    expect(page.locator("main")).to_contain_text("已提交 2 行")
    kept = [(r.name, r.team_name, r.organisation, r.phone, r.categories) for r in desk.form.rows.all()]
    assert kept == [
        ("张甲", "", "城南中学", "+8613800138901", ["A", "C"]),
        ("张乙", "城北中学科技志愿服务分队", "", "+8613800138902", ["C"]),
    ]


def test_a_dead_network_loses_nothing(desk: build.Desk, address: str, context: BrowserContext) -> None:
    row = desk.row()
    page = open_at(context, address)
    context.set_offline(True)
    cell(page, row, "name").fill("王一一")
    expect(page.locator("#saved")).to_contain_text("没有连上服务器")
    context.set_offline(False)
    saved(page)
    row.refresh_from_db()
    assert row.name == "王一一"


def test_a_session_that_ends_while_typing_loses_nothing(
    desk: build.Desk, address: str, context: BrowserContext
) -> None:
    row = desk.row()
    page = open_at(context, address)
    Session.objects.all().delete()
    cell(page, row, "name").fill("王一一")
    expect(page.locator("#saved")).to_contain_text("登录已过期")
    session = signed_in(desk.officer).cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": address}])
    page.goto(address)
    page.get_by_role("button", name="恢复并保存").click()
    saved(page)
    row.refresh_from_db()
    assert row.name == "王一一"
    page.reload()
    expect(page.locator("#kept-here")).to_be_hidden()


def test_a_phone_is_whole_while_one_is_in_it(desk: build.Desk, address: str, context: BrowserContext) -> None:
    row = desk.row(phone="13800138000")
    page = open_at(context, address)
    phone = cell(page, row, "phone")
    phone.focus()
    expect(phone).to_have_value("13800138000")
    cell(page, row, "name").focus()
    expect(phone).to_have_value("138****8000")


def test_a_phone_that_shows_itself_hides_no_change(desk: build.Desk, address: str, context: BrowserContext) -> None:
    row = desk.row(phone="13800138000")
    page = open_at(context, address)
    cell(page, row, "organisation").fill("城北中学")
    page.keyboard.press("Tab")
    expect(cell(page, row, "phone")).to_have_value("13800138000")
    saved(page)
    row.refresh_from_db()
    assert (row.organisation, row.phone) == ("城北中学", "+8613800138000")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_a_script(desk: build.Desk, address: str, context: BrowserContext, width: int) -> None:
    page = open_at(context, address, width)
    page.locator("[name$='.name']").fill("张甲")
    page.locator("[name$='.team']").fill("城南中学科技志愿服务支队")
    page.locator("[name$='.phone']").fill("13800138001")
    page.get_by_role("checkbox", name="C 研学", exact=True).check(force=True)
    page.get_by_role("button", name="此刻提交会怎样").click()
    page.get_by_role("button", name="一键采用").click()
    page.get_by_role("button", name="提交 1 行").click()
    expect(page.locator("main")).to_contain_text("已提交 1 行")
    assert desk.form.rows.get().team_name == "城南中学科技志愿服务分队"
