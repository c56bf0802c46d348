"""Workbooks as people send them."""

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import xlwt
from openpyxl import Workbook

from core.sheets import Column

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
SHEET = "xl/worksheets/sheet1.xml"
HEADER = ["序号", "姓名", "参赛队伍名称", "联系电话", "推荐单位"]
COLUMNS = (
    Column("number", "序号", filler=True),
    Column("name", "姓名", ("负责人",), required=True),
    Column("team", "参赛队伍名称", ("队伍名称",)),
    Column("organisation", "参赛者所在单位/学校院系"),
    Column("phone", "联系电话", ("手机", "手机号"), required=True, fold=True),
    Column("categories", "报名类别", choices=("A", "B", "C")),
    Column("unit", "推荐单位", filler=True),
)


def workbook(rows: Iterable[list[object]], *more: tuple[str, list[list[object]]]) -> bytes:
    """An .xlsx of these rows; `more`: (name, rows) of further sheets. Texts starting with `=` become formulas."""
    book = Workbook()
    for number, (name, lines) in enumerate([("名单", rows), *more]):
        page = book.worksheets[0] if number == 0 else book.create_sheet()
        page.title = name
        for line in lines:
            page.append(line)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of an openpyxl workbook."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def old_workbook(rows: list[list[object]]) -> bytes:
    """The same as .xls."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("名单")
    for at, line in enumerate(rows):
        for place, value in enumerate(line):
            page.write(at, place, value)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed (or added: `change` is then given nothing)."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in {*old.namelist(), name}:
            before = old.read(part) if part in old.namelist() else b""
            new.writestr(part, change(before) if part == name else before)
    return content.getvalue()
