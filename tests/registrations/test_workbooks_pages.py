"""上传工作簿 in the browser: upload, preview, confirm; leave and come back; whose file it is."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from registrations.models import Workbook
from tests.core.workbooks import SAMPLES, workbook
from tests.registrations import build
from tests.registrations.sheets import HEADER, line, take_in

pytestmark = pytest.mark.django_db
TWO = [line(序号=1), line(序号=2, 姓名="李小芳", 联系电话="13800138001")]


@pytest.fixture
def browser(desk):
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(desk.officer)
    return browser


def upload(browser: Client, desk: build.Desk, content: bytes, name: str = "推荐表.xlsx"):
    address = reverse("workbook_new", kwargs={"unit": desk.unit.pk})
    return browser.post(address, {"file": SimpleUploadedFile(name, content)})


def brought(browser: Client, desk: build.Desk, rows: list[list[object]]) -> str:
    """The address of its preview."""
    answer = upload(browser, desk, workbook(rows))
    assert answer.status_code == 302
    return answer.url


def confirm(browser: Client, url: str, **said: str):
    seen = browser.get(url).context["page"].seen.digest
    return browser.post(url, {"seen": seen, **said})


def test_upload_preview_confirm(browser, desk):
    url = brought(browser, desk, [HEADER, *TWO])
    assert (desk.form.rows.count(), "新增" in browser.get(url).content.decode()) == (0, True)
    assert confirm(browser, url).url == reverse("recommendation", kwargs={"unit": desk.unit.pk})
    assert list(desk.form.rows.values_list("name", flat=True)) == ["王小芳", "李小芳"]


def test_the_faulty_sample_is_told_cell_by_cell(browser, desk):
    answer = upload(browser, desk, (SAMPLES / "推荐申报表-始兴县科协-有错.xlsx").read_bytes())
    page = browser.get(answer.url).content.decode()
    told = ["E5：", "C7：", "F11：", "F12：", "B14：", "D15：", "E18：", "G20："]
    assert [cell for cell in told if cell not in page] == []
    confirm(browser, answer.url)
    assert desk.form.rows.count() == 18
    confirm(browser, answer.url, drafts="1")
    assert desk.form.rows.count() == 24  # all but the one that is there twice, and the other unit's


def test_a_change_by_number_needs_its_answer(browser, desk):
    take_in(desk, [HEADER, *TWO])
    url = brought(browser, desk, [HEADER, line(序号=2, 姓名="赵小芳", 联系电话="13800138009")])
    confirm(browser, url)
    assert desk.form.rows.get(position=2).name == "李小芳"
    confirm(browser, url, **{"row-2": "same"})
    assert desk.form.rows.get(position=2).name == "赵小芳"


def test_left_and_come_back_to(browser, desk):
    url = brought(browser, desk, [HEADER, *TWO])
    page = browser.get(reverse("workbook_new", kwargs={"unit": desk.unit.pk})).content.decode()
    assert (url in page, "还没有确认" in page) == (True, True)


def test_what_changed_meanwhile_is_shown_again(browser, desk):
    url = brought(browser, desk, [HEADER, *TWO])
    seen = browser.get(url).context["page"].seen.digest
    desk.row(name="王小芳", phone="13800138000", categories=["C"])
    answer = browser.post(url, {"seen": seen})
    assert (answer.status_code, desk.form.rows.count()) == (422, 1)
    assert "预览之后推荐表有了改动" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "改扩展名不能变成表格"),
        ("名单.csv", "随便,写写\n1,2".encode(), "没有找到表头"),
        ("名单.docx", b"hello", "不认识"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(browser, desk, name, content, said):
    answer = upload(browser, desk, content, name)
    assert (answer.status_code, Workbook.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_the_marked_workbook_comes_back(browser, desk):
    url = brought(browser, desk, [HEADER, line(联系电话="1380")])
    page = load_workbook(io.BytesIO(browser.get(f"{url}marked.xlsx").content)).worksheets[0]
    assert "手机号" in page["E2"].comment.text


@pytest.mark.parametrize("name", ["row_template", "row_export"])
def test_downloads(browser, desk, name):
    answer = browser.get(reverse(name, kwargs={"unit": desk.unit.pk}))
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0]["B2"].value == "姓名(参赛者/参赛队伍代表)"


def test_another_units_files_are_not_found(browser, desk, edition):
    other = build.desk(edition, "society", email="other@example.test")
    stranger = Client(headers={"host": "127.0.0.1"})
    stranger.force_login(other.officer)
    url = brought(browser, desk, [HEADER, *TWO])
    names = ["workbook_new", "row_template", "row_export"]
    urls = [url, f"{url}marked.xlsx", *(reverse(name, kwargs={"unit": desk.unit.pk}) for name in names)]
    assert [stranger.get(address).status_code for address in urls] == [404] * 5


def test_hostile_names_are_only_text(browser, desk):
    url = brought(browser, desk, [HEADER, line(姓名="<script>alert(1)</script>")])
    page = browser.get(url).content.decode()
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)
