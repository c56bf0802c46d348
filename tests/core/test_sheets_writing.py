"""What we hand out: never a formula, and it reads back as it was (R15)."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.problems import Problem
from core.sheets import PROBLEMS_HEADER, Column, find_table, mark, read, write_csv, write_xlsx
from core.sheets.text import clean, one_line
from tests.core.workbooks import COLUMNS, SAMPLES

HOSTILE = [
    "=1+1",
    "+8613800138001",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1",
    "\x0b=x\x00",
    "#N/A",
    "_x0041_",
    "'=1",
]
SHAPES = {"xlsx": write_xlsx, "csv": write_csv}
NAMED = Column("name", "姓名", multiline=True)
PHONE = Column("phone", "联系电话")


def reread(data: bytes, kind: str, columns=COLUMNS) -> list[dict[str, str]]:
    return [row.values for row in find_table(read(data, f"名单.{kind}"), columns).rows]


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_and_comes_back(kind, text):
    data = SHAPES[kind](COLUMNS, [{"name": text, "phone": "13800138001"}])
    assert reread(data, kind)[0]["name"] == one_line(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text):
    page = load_workbook(io.BytesIO(write_xlsx(COLUMNS, [{"name": text}], title=text, notes=[text]))).active
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("kind", SHAPES)
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(max_size=20).map(clean).filter(bool), min_size=1, max_size=20))
def test_any_text_makes_the_round_trip(kind, texts):
    rows = [{"name": text, "phone": "1"} for text in texts]
    assert reread(SHAPES[kind]([NAMED, PHONE], rows), kind, [NAMED, PHONE]) == rows


def test_template_has_a_frozen_header_drop_downs_and_text_cells():
    columns = [*COLUMNS, Column("kind", "类别", choices=("甲", "乙"), example="甲、乙")]
    data = write_xlsx(columns, [{"unit": "始兴县科协"}], title="推荐申报表", notes=["注：", "一行一人"], spare_rows=3)
    page = load_workbook(io.BytesIO(data)).active
    assert (page.freeze_panes, page["E4"].number_format, page["A7"].value) == ("A3", "@", "注：")
    assert [str(rule.sqref) for rule in page.data_validations.dataValidation] == ["F3:F6", "H3:H6"]
    assert [problem.code for problem in find_table(read(data, "a.xlsx"), columns).problems] == ["sheet.no_rows"]


def test_marked_workbook_keeps_rows_and_shows_what_is_wrong():
    path = SAMPLES / "推荐申报表-始兴县科协-有错.xlsx"
    table = find_table(read(path), COLUMNS)
    marked = mark(table, {5: [Problem("phone.wrong", "手机号应为 11 位", field="phone"), Problem("x", "整行有误")]})
    page = load_workbook(io.BytesIO(marked)).active
    assert page["E5"].comment.text == "手机号应为 11 位"
    assert (page["H2"].value, page["H5"].value) == (PROBLEMS_HEADER, "手机号应为 11 位\n整行有误")
    assert page["E5"].fill.fgColor.rgb != page["E6"].fill.fgColor.rgb
    again = find_table(read(marked, "改.xlsx"), COLUMNS)
    assert (again.rows, again.problems) == (table.rows, table.problems)


def test_marking_twice_keeps_one_problem_column():
    table = find_table(read(SAMPLES / "推荐申报表-广州大学科协.xlsx"), COLUMNS)
    fault = [Problem("x", "=危险", field="name")]
    once = find_table(read(mark(table, {3: fault}), "a.xlsx"), COLUMNS)
    page = load_workbook(io.BytesIO(mark(once, {4: fault}))).active
    assert [page.cell(row, 8).value for row in (2, 3, 4)] == [PROBLEMS_HEADER, None, "=危险"]
    assert (page.max_column, page["H4"].data_type) == (8, "s")
