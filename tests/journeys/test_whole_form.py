"""The whole 推荐表: a faulty workbook, mended, stamped, reviewed; one row returned, mended after the deadline."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from core import clock
from core.accounts.models import User
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.notices import mailbox
from registrations.models import Recommendation, RecommendationRow, StampedScan, UnitQuota
from tests.core.workbooks import SAMPLES
from tests.journeys.conftest import deliver
from tests.journeys.looking import look
from tests.registrations import staff
from tests.registrations.paper import file_of, photograph, pictures
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLERK, CONTACT = "officer@example.test", "worker@example.test"
FAULTY = SAMPLES / "推荐申报表-始兴县科协-有错.xlsx"
QUEUE = "admin:registrations_recommendationrow_changelist"
REASON = "队名里的“14”像是序号，请写学校全称"
REVIEW = datetime(2024, 12, 13, 10, tzinfo=BEIJING)  # so that 补正, three working days, outlasts the deadline
LATER = datetime(2024, 12, 17, 10, tzinfo=BEIJING)


@dataclass
class Walk:
    """One browser, at which now the clerk sits and now the contact."""

    page: Page
    server: str
    at: Callable[[str], None]
    wide: bool

    def enter(self, user: User, name: str, **where: int) -> None:
        """Somebody comes, signed in, and opens a page."""
        session = staff.signed_in(user).cookies["session"].value
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": "session", "value": session, "url": self.server}])
        self.page.goto(self.server + reverse(name, kwargs=where))

    def says(self, words: str) -> None:
        """The page tells this."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def press(self, button: str) -> None:
        """A button, by its exact words."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def step(self, name: str) -> Locator:
        """One of the four 办理步骤."""
        return self.page.get_by_label("办理步骤").get_by_role("listitem").filter(has_text=name)

    def clean(self) -> None:
        """axe finds nothing here; once is enough, for it looks at both widths itself."""
        if self.wide:
            assert look(self.page) == []
            self.page.set_viewport_size({"width": 1200, "height": 900})


def test_whole_form(
    page: Page, live_server: LiveServer, contest: Edition, width: int, at: Callable[[str], None]
) -> None:
    walk = Walk(page, live_server.url, at, wide=width == 1200)
    contact, clerk = staff.contact(contest, "worker"), staff.officer(email=CLERK)
    unit = clerk.offices.get().unit_id

    walk.enter(clerk, "workbook_new", unit=unit)
    take_in_the_workbook(walk)
    mend_the_rows(walk)
    submit(walk, 24)
    form = Recommendation.objects.get()
    print_stamp_upload(walk, 1)
    assert states(form) == {"submitted": 24}

    clock.set_now(REVIEW)
    walk.enter(contact, QUEUE)
    return_a_row(walk)
    pass_the_others(walk)
    assert states(form) == {"approved": 23, "returned": 1}

    clock.set_now(LATER)
    assert contest.window("recommend").closes < LATER
    walk.enter(clerk, "recommendation", unit=unit)
    mend_the_returned_row(walk)
    submit(walk, 1)
    print_stamp_upload(walk, 2)
    assert states(form) == {"approved": 23, "submitted": 1}

    walk.enter(contact, QUEUE)
    pass_the_last(walk)
    walk.enter(clerk, "recommendation", unit=unit)
    see_it_done(walk)
    check_the_books(form)
    check_the_mail()


# --- The clerk --------------------------------------------------------------------------------------------


def take_in_the_workbook(walk: Walk) -> None:
    walk.at("01-upload")
    walk.page.get_by_label("推荐申报表", exact=True).set_input_files(FAULTY)
    walk.press("上传并预览")
    walk.says("18 行可以存入")
    walk.at("02-preview")
    walk.page.get_by_role("checkbox", name=re.compile("也存为草稿")).check()
    walk.press("确认存入")
    walk.says("新增 18 行，存为草稿待修改 6 行")
    walk.at("03-taken-in")


def mend_the_rows(walk: Walk) -> None:
    page = walk.page
    page.get_by_label("联系电话，第 3 行", exact=True).fill("13800138003")
    for number, letter in ((9, "A"), (10, "C")):
        boxes = page.get_by_role("group", name=re.compile(f"^报名类别 ?，第 {number} 行"))
        boxes.get_by_role("checkbox", name=re.compile(f"^{letter}")).check(force=True)
    page.get_by_label("姓名，第 12 行", exact=True).fill("周敏")
    page.get_by_label("参赛者所在单位/学校院系，第 13 行", exact=True).fill("始兴县城南中学")
    expect(page.locator("#saved")).to_contain_text("已自动保存")
    expect(page.locator("#verdict")).to_contain_text("有 1 行要处理")
    walk.at("04-mending")
    walk.clean()
    walk.press("一键采用")
    expect(page.locator("#verdict")).to_contain_text("此刻提交会怎样")
    walk.at("05-mended")


def submit(walk: Walk, count: int) -> None:
    walk.press(f"提交 {count} 行")
    walk.says(f"已提交 {count} 行")
    expect(walk.page.locator("#bar").get_by_role("link", name="去打印盖章")).to_be_visible()
    deliver()


def print_stamp_upload(walk: Walk, version: int) -> None:
    page, number = walk.page, {1: "06", 2: "12"}[version]
    walk.at(f"{number}a-submitted")
    walk.step("打印盖章").get_by_role("link").click()
    walk.at(f"{number}b-print")
    if version == 2:
        walk.says("盖章后改了 1 处，上次的章已失效")
        walk.clean()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("附件2（PDF）")).click()
    assert download.value.suggested_filename.endswith(f"第{version}版.pdf")
    scan = FilePayload(name=f"盖章{version}.pdf", mimeType="application/pdf", buffer=stamped(download.value.path()))
    page.get_by_label("盖章扫描件", exact=True).set_input_files(scan)
    walk.press("上传扫描件")
    walk.says(f"第 {version} 版盖章扫描件已收到，与现在的推荐表一致")
    expect(walk.step("上传扫描件")).to_contain_text("已收到，与推荐表一致")
    walk.at(f"{number}c-holds")
    walk.clean()


def stamped(file: Path) -> bytes:
    """The paper, printed, with a red stamp on its last page, scanned."""
    *pages, last = pictures(file.read_bytes())
    return file_of([*pages, photograph(last, turned=0.5)], "pdf", resolution=150)


def mend_the_returned_row(walk: Walk) -> None:
    page = walk.page
    walk.says(REASON)
    expect(page.locator("#bar")).to_contain_text("1 行退回补正，请照退回理由改好")
    expect(page.locator("#quota")).to_contain_text("1 个没有用")
    walk.at("10-returned")
    walk.clean()
    page.get_by_label("参赛队伍名称（只填单位名），第 14 行", exact=True).fill("始兴县城南第二中学")
    expect(walk.step("上传扫描件")).to_contain_text("上次的章已失效")
    walk.at("11-void")


def see_it_done(walk: Walk) -> None:
    walk.says("24 行都已通过")
    expect(walk.step("审核")).to_contain_text("已通过 24 行，共 24 行")
    walk.at("15-done")


# --- The contact ------------------------------------------------------------------------------------------


def return_a_row(walk: Walk) -> None:
    page = walk.page
    walk.at("07-queue")
    page.get_by_role("link", name="始兴县城南中学14科技志愿服务分队").click()
    walk.says("各栏按规则检查没有问题")
    walk.at("08a-review")
    if walk.wide:
        page.keyboard.press("r")
    else:
        page.get_by_role("link", name="退回补正", exact=True).click()
    page.get_by_label("退回理由", exact=True).fill(REASON)
    walk.at("08b-reason")
    walk.press("下一步：预览通知")
    walk.says("12 月 18 日")
    walk.at("08c-notice")
    walk.press("退回补正并发出通知")
    walk.says("第 14 行已退回补正")
    walk.at("08d-next")


def pass_the_others(walk: Walk) -> None:
    page = walk.page
    page.get_by_role("link", name="待审 23 行").click()
    walk.at("09a-queue")
    choose_all(walk)
    walk.at("09b-chosen")
    page.get_by_role("combobox", name="选择要执行的操作").select_option("通过所选各行")
    walk.press("执行")
    walk.at("09c-list")
    walk.press("通过这 23 行并发出通知")
    walk.says("已通过 23 行，已通知 1 个推荐单位")
    walk.at("09d-passed")
    deliver()


def choose_all(walk: Walk) -> None:
    walk.page.locator("#action-toggle").check(force=True)


def pass_the_last(walk: Walk) -> None:
    page = walk.page
    page.get_by_role("link", name="始兴县城南第二中学科技志愿服务分队").click()
    walk.says(f"上次退回的理由：{REASON}")
    walk.at("13-again")
    if walk.wide:
        page.keyboard.press("a")
    else:
        page.get_by_role("link", name="通过", exact=True).click()
    walk.press("通过并发出通知")
    walk.says("待审的都办完了")
    walk.at("14-empty-queue")
    deliver()


# --- What is written down ---------------------------------------------------------------------------------


def states(form: Recommendation) -> dict[str, int]:
    """How many rows stand in each state."""
    return dict(Counter(form.rows.values_list("state", flat=True)))


def check_the_books(form: Recommendation) -> None:
    assert states(form) == {"approved": 24}
    assert UnitQuota.objects.get(unit=form.unit).taken == 24
    assert list(StampedScan.objects.values_list("printed__version", "found_by")) == [(1, "qr"), (2, "qr")]
    row = RecommendationRow.objects.get(position=14)
    assert (row.team_name, row.review_note) == ("始兴县城南第二中学科技志愿服务分队", "")
    told = ["row.approved", "row.submitted", "row.saved", "row.returned", "row.submitted", "rows.imported"]
    assert [moment.verb for moment in timeline(row)] == told


def check_the_mail() -> None:
    sent = Counter((parseaddr(mail.to)[1], re.split("[：为]", mail.subject)[0]) for mail in mailbox.latest())
    once = ["请", "已提交 24 行推荐", "已提交 1 行推荐", "请补正"]
    assert sent == {(CLERK, words): 1 for words in once} | {(CLERK, "审核通过"): 2, (CONTACT, "待审核"): 2}
