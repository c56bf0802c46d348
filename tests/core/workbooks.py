"""Workbooks as people send them, and as an attacker would."""

import io
import random
import re
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


def mutated(data: bytes, seed: int) -> bytes:
    """A workbook broken in one of several ways, the same for the same seed (R13)."""
    dice = random.Random(seed)
    if dice.random() < 0.35:
        return _bytes_changed(data, dice)
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    part = dice.choice([SHEET, SHEET, "xl/workbook.xml", "xl/styles.xml", *names])
    return with_part(data, part, lambda xml: _xml_changed(xml, dice))


def _bytes_changed(data: bytes, dice: random.Random) -> bytes:
    content = bytearray(data)
    for _ in range(dice.choice([1, 4, 64])):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content[: dice.randrange(len(content))] if dice.random() < 0.3 else content)


def _xml_changed(xml: bytes, dice: random.Random) -> bytes:
    odd = [
        b"",
        b"-1",
        b"99999999999",
        b"XFD1048576",
        b"1e308",
        b"&#0;",
        b"<f>1</f>",
        b"\xff\xfe",
        b"\x00",
        b"A1" * 9999,
    ]
    changes: list[Callable[[], bytes]] = [
        lambda: _some_changed(rb'(?<==")[^"]*(?=")', xml, odd, dice),
        lambda: _some_changed(rb"(?<=>)[^<>]+(?=<)", xml, odd, dice),
        lambda: xml * dice.choice([2, 40]),
        lambda: xml[: dice.randrange(len(xml) or 1)],
        lambda: b"".join(sorted(re.findall(rb"<[^>]*>[^<]*", xml), key=lambda _: dice.random())),
        lambda: _bytes_changed(xml, dice) if xml else b"",
    ]
    return dice.choice(changes)()


def _some_changed(pattern: bytes, xml: bytes, odd: list[bytes], dice: random.Random) -> bytes:
    """One to three of the places that match get something odd."""
    found = list(re.finditer(pattern, xml))
    for place in sorted(dice.sample(found, min(len(found), dice.choice([1, 2, 3]))), key=re.Match.start, reverse=True):
        xml = xml[: place.start()] + dice.choice(odd) + xml[place.end() :]
    return xml
