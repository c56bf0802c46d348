"""推荐申报表 as files, as units fill them in: our template, a sheet of their own, CSV from an old machine."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from openpyxl import load_workbook

from core.sheets import Column, find_table, read, write_csv, write_xlsx
from registrations.models import Recommendation
from registrations.services.facts import FormFacts
from registrations.sheets import row_columns, row_export, row_template

from .people import People, Typed

Cells = dict[str, str | int]  # column key → what stands there

TITLE = "首届广东省“AI科普+”创意与应用大赛\n推荐申报表"
NOTES = ("注：1. 一个参赛名额可报名多个参赛类别。", "2. 本表须加盖公章。", "填表人：        填表日期：")
HEADERS = {  # what people make of the official words
    "seq": ("序号", "序  号"),
    "name": ("姓 名\n（参赛者/参赛队伍代表）", "参赛者姓名"),
    "team": ("队伍名称", "参赛队伍\n名称"),
    "organisation": ("所在单位", "参赛者所在单位/\n学校院系"),
    "phone": ("手机号码", "联系电话（手机）"),
    "categories": ("参赛类别", "报名类别(可多选)"),
    "recommender": ("推荐单位", "推荐单位名称"),
}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class File(NamedTuple):
    """A file on its way."""

    name: str
    content: bytes


def filled_in(facts: FormFacts, rows: Sequence[Typed], people: People, first: int = 1) -> File:
    """Rows as some file or other. first: the 序号 it begins with."""
    lines = [_cells(facts, number, typed) for number, typed in enumerate(rows, first)]
    fits = first == 1 and len(lines) <= (facts.quota.limit or 0)
    way = people.chance.choice(("template", "own", "own", "csv"))
    if way == "template" and fits:
        return File("推荐申报表.xlsx", _on_template(facts, lines))
    columns = row_columns(facts.rulebook)[:7]
    if way == "csv":
        return File("推荐名单.csv", write_csv(columns, lines).decode("utf-8-sig").encode("gb18030"))
    return File("推荐申报表（盖章）.xlsx", _on_own_sheet(facts, columns, lines, people))


def amended(form: Recommendation, facts: FormFacts, changes: Mapping[int, dict[str, str]]) -> File:
    """The form's export with some cells changed: 序号 → cells."""
    columns = row_columns(facts.rulebook)
    table = find_table(read(row_export(form, facts), "export.xlsx"), columns)
    rows = [{**row.values, **changes.get(int(row.values["seq"]), {})} for row in table.rows]
    return File("推荐申报表-改.xlsx", write_xlsx(columns, rows, title=TITLE, notes=NOTES))


def _cells(facts: FormFacts, number: int, typed: Typed) -> Cells:
    return {
        "seq": number,
        "name": typed.name,
        "team": typed.team_name,
        "organisation": typed.organisation,
        "phone": typed.phone,
        "categories": "、".join(typed.categories),
        "recommender": facts.form.unit.full_name,
    }


def _on_template(facts: FormFacts, lines: Sequence[Cells]) -> bytes:
    """The portal's own template, filled in below its header."""
    book = load_workbook(io.BytesIO(row_template(facts)))
    page = book.worksheets[0]
    for at, cells in enumerate(lines, start=3):
        for place, column in enumerate(row_columns(facts.rulebook), start=1):
            if column.key in cells:
                page.cell(at, place, cells[column.key] or None)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _on_own_sheet(facts: FormFacts, columns: Sequence[Column], lines: Sequence[Cells], people: People) -> bytes:
    """A sheet of the unit's own: other words, another order, every way to write a phone and several categories."""
    chance = people.chance
    named = [replace(column, label=chance.choice((column.label, *HEADERS[column.key]))) for column in columns]
    if people.some(0.5):
        chance.shuffle(named)
    write_phone = chance.choice((str, _full_width, _spaced, int))
    names = facts.categories if people.some(0.3) else {}
    between = chance.choice(("、", "/", "", " "))
    rows = []
    for line in lines:
        said = [names.get(code, code) for code in str(line["categories"]).split("、")]
        cells = {"phone": write_phone(str(line["phone"])), "categories": (between if not names else "；").join(said)}
        rows += [{}, line | cells] if people.some(0.05) else [line | cells]  # a blank line before some
    return write_xlsx(named, rows, title=TITLE, notes=NOTES, spare_rows=chance.randrange(4))


def _full_width(phone: str) -> str:
    return phone.translate(FULL_WIDTH)


def _spaced(phone: str) -> str:
    return f" {phone[:3]} {phone[3:7]} {phone[7:]}"
