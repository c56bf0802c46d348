"""A work's way: its file over a line that is cut, handed in, replaced; the contact returns it, then passes it."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from core import clock
from core.files.models import Upload
from registrations.services import work_verdicts
from registrations.work_models import Work
from tests.journeys.conftest import deliver, enters
from tests.registrations import staff
from tests.registrations.works import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def painting(folder: Path, name: str, side: int) -> Path:
    """A picture that does not compress."""
    out = io.BytesIO()
    noise = Image.effect_noise((side, side), 120).convert("RGB")
    noise.save(out, "PNG", dpi=(300, 300))
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def test_work(page, live_server, contest, at, see, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    contact = staff.contact(contest, "worker")
    entry = build.accepted(contest)
    by, server = entry.people.get().user, live_server.url
    cut = {"PATCH"}

    def line(route: Route) -> None:
        """Cut for the methods named; in the middle of a piece it is cut by `test_upload`."""
        route.abort() if route.request.method in cut else route.continue_()

    page.route("**/uploads/**", line)
    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/")
    expect(page.get_by_role("heading", name="作品", exact=True)).to_be_visible()
    at("1-progress")
    see()
    page.get_by_role("link", name="看要求，开始填写").click()
    at("2-limits")
    see()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("作品名称").fill("潮间带的一天")
    page.get_by_label("作品简介").fill("一幅讲红树林潮间带生物的科普长图。" * 4)
    page.get_by_label("用了 AI", exact=True).check()
    expect(page.get_by_text(re.compile("已自动保存"))).to_be_visible()
    assert Work.objects.get().fields["title"] == "潮间带的一天"

    page.get_by_label("上传图片").set_input_files(painting(tmp_path, "潮间带.png", 900))
    row = page.locator("#images [data-list] li")
    expect(row).to_contain_text("网络断开")
    at("3-cut")
    cut.clear()
    expect(page.locator("#images .work-file__name")).to_contain_text("潮间带.png")
    deliver()
    expect(page.locator("#images .work-file img")).to_be_visible()
    page.reload()
    at("4-filled")
    see()

    page.get_by_role("button", name="检查并提交").last.click()
    expect(page.get_by_text("此刻提交会怎样")).to_be_visible()
    at("5-submit")
    see()
    page.get_by_role("button", name="提交作品").click()
    expect(page.get_by_role("heading", name="第 1 版")).to_be_visible()
    expect(page.get_by_text(Work.objects.get().current.receipt)).to_be_visible()
    deliver()
    page.reload()
    at("6-receipt")
    see()

    page.goto(f"{server}/works/{Work.objects.get().pk}/")
    page.get_by_label("作品名称").fill("潮间带的一夜")
    page.get_by_role("button", name="检查并提交").last.click()
    page.get_by_role("button", name="提交作品").click()
    expect(page.get_by_role("heading", name="第 2 版")).to_be_visible()

    enters(page, server, contact)
    page.goto(f"{server}/admin/registrations/work/")
    page.get_by_role("link", name=Work.objects.get().number).click()
    expect(page.get_by_role("heading", name=re.compile("审核作品"))).to_be_visible()
    expect(page.locator("img.a-proof").first).to_be_visible()
    at("7-review")
    page.get_by_role("link", name="退回补正").click()
    page.get_by_label("退回理由").fill("画面右下角有学校名称，请处理后重新上传")
    page.get_by_role("button", name="下一步：预览通知").click()
    at("8-letter")
    page.get_by_role("button", name="退回补正并发出通知").click()
    expect(page.get_by_text("已退回补正，已通知参赛者")).to_be_visible()

    enters(page, server, by)
    page.goto(f"{server}/entries/{entry.pk}/")
    expect(page.get_by_text("A 类作品被退回").first).to_be_visible()
    at("9-returned")
    see()
    page.goto(f"{server}/works/{Work.objects.get().pk}/")
    page.get_by_label("补正说明").fill("右下角是景区名称，不是学校")
    page.get_by_role("button", name="检查并提交").last.click()
    page.get_by_role("button", name="提交作品").click()
    expect(page.get_by_text("以此为准").first).to_be_visible()

    enters(page, server, contact)
    page.goto(f"{server}/admin/registrations/work/{Work.objects.get().pk}/change/")
    page.keyboard.press("a")
    page.get_by_role("button", name="通过并发出通知").click()
    expect(page.get_by_text("已通过，已通知参赛者")).to_be_visible()
    assert (Work.objects.get().state, Work.objects.get().versions.count()) == ("passed", 3)
    assert clock.now() >= build.SUBMITTING


def test_copy_without_names_over_a_line_that_is_cut(page, live_server, contest, at, see, tmp_path, settings):
    """The page of the copy takes files as the work's does; a reload loses nothing, and what waits can be cancelled."""
    settings.MEDIA_ROOT = tmp_path / "files"
    work = build.submitted(build.accepted(contest))
    contact = staff.contact(contest, "worker")
    work_verdicts.ask_anonymous(work, clock.now() + timedelta(days=3), note="右下角有学校名称", by=contact)
    original, cut = work.files.get(), {"PATCH"}
    page.route("**/uploads/**", lambda route: route.abort() if route.request.method in cut else route.continue_())
    enters(page, live_server.url, build.leader(work))
    page.goto(f"{live_server.url}/works/{work.pk}/anonymous/")
    at("1-asked")
    see()
    first, second = (painting(tmp_path, f"{name}.png", side) for name, side in (("匿名一", 800), ("匿名二", 820)))
    rows = page.locator(f"#copy-{original.pk} [data-list] li")
    for path in (first, second):
        page.get_by_label("上传匿名版文件").set_input_files(path)
        expect(rows.last).to_contain_text("网络断开")
    page.reload()
    expect(rows).to_have_count(2)
    see()
    page.get_by_role("button", name="取消 匿名二.png").click()
    expect(rows).to_have_count(1)
    begun = Upload.objects.get(state="open")
    cut.clear()
    page.get_by_label("上传匿名版文件").set_input_files(first)
    expect(page.locator(f"#copy-{original.pk} .work-file__name")).to_contain_text("匿名一.png")
    assert Upload.objects.get(state="complete").pk == begun.pk
    deliver()
    expect(page.locator(f"#copy-{original.pk} .work-file img")).to_be_visible()
    at("2-given")
    see()
    page.get_by_role("button", name="保存并提交匿名版").click()
    expect(page.get_by_text("匿名版已提交").first).to_be_visible()
