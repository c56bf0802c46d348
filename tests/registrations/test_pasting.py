"""Pasted text becomes a file, which goes the way of every upload."""

import pytest
from django.urls import reverse

from core.sheets import find_table, read
from registrations.pasting import NAME, as_file
from registrations.sheets import row_columns
from tests.registrations.staff import signed_in

TEAM = "始兴县城南中学科技志愿服务分队"
READ = {"name": "王芳", "team": TEAM, "phone": "13800138001", "categories": "A、C"}


@pytest.mark.parametrize(
    "text",
    [
        f"姓名\t联系电话\t参赛队伍名称\t报名类别\r\n王芳\t13800138001\t{TEAM}\tA、C\r\n",
        f"1\t王芳\t{TEAM}\t\t13800138001\tA、C\t韶关市始兴县科学技术协会",
        f"王芳\t{TEAM}\t\t13800138001\tA、C",
        f"王芳,{TEAM},,13800138001,A、C\n\n",
        f'"王芳"\t"{TEAM}"\t\t13800138001\t"A、\nC"',
    ],
)
def test_a_block_is_read_with_or_without_a_header(edition, text):
    table = find_table(read(as_file(text, edition.rulebook), NAME), row_columns(edition.rulebook))
    (row,) = table.rows
    assert {key: row.values[key].replace(" ", "") for key in READ} == READ


def test_the_page_leads_to_the_preview(desk):
    client, page = signed_in(desk.officer), reverse("paste", args=[desk.unit.pk])
    answer = client.post(page, {"text": f"王芳\t{TEAM}\t\t13800138001\tA、C"})
    workbook = desk.form.workbooks.get()
    assert (answer.url, desk.states) == (reverse("workbook", args=[workbook.pk]), [])
    assert "王芳" in client.get(answer.url).content.decode()


@pytest.mark.parametrize("text", ["", " \n", "字" * 200_001])
def test_nothing_or_too_much_is_refused(desk, text):
    answer = signed_in(desk.officer).post(reverse("paste", args=[desk.unit.pk]), {"text": text})
    assert answer.status_code == 422
