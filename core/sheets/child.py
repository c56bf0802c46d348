"""Parses one workbook in a limited child: run by `reading` through `core.limited`, never imported.

Result: `{"sheets": [{"name", "rows": [[text]], "merged": [[row, column, last_row, last_column]],
"formulas": [[row, column]]}]}`, all counted from 0. Stops with `encrypted`, `too_many_rows` (sheet, rows) or
`far_cell` (sheet, cell).
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from xml.parsers import expat

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from core.limited.child import Stop

CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class Scan:
    """One pass over a sheet's XML before it is parsed: where its content reaches, and which cells are formulas.

    calamine hides formulas, and a single far cell would make it abort. Empty cells that only carry a
    format do not count: people colour whole columns.
    """

    def __init__(self, max_rows: int, max_columns: int) -> None:
        self.max_rows, self.max_columns = max_rows, max_columns
        self.row = self.column = -1
        self.full_rows = 0
        self.last_full = -1
        self.far = ""
        self.formulas: list[tuple[int, int]] = []
        self.here = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Called by expat for every opening tag."""
        name = local(tag)
        if name == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif name == "c":
            self.column += 1
            self.here = attributes.get("r", "")
            if self.here:
                self.row, self.column = position(self.here)
        elif name in ("v", "is", "f"):
            self.content(is_formula=name == "f")

    def content(self, *, is_formula: bool) -> None:
        """A cell that holds something."""
        if self.row != self.last_full:
            self.full_rows += 1
            self.last_full = self.row
        if (self.row >= self.max_rows or self.column >= self.max_columns) and not self.far:
            self.far = self.here or f"R{self.row + 1}C{self.column + 1}"
        if is_formula:
            self.formulas.append((self.row, self.column))


def position(reference: str) -> tuple[int, int]:
    """(row, column) from 0 of `B5`; ValueError when it is none."""
    found = CELL.fullmatch(reference.upper())
    if not found:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def scan_xlsx(data: bytes, max_rows: int, max_columns: int) -> dict[str, list[tuple[int, int]]]:
    """The formula cells of every sheet by its name; Stop when content lies too far out.

    Reads every part to its end first, so that a directory that lies about sizes fails here.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.testzip() is not None:
            raise Stop("corrupt")
        real_names = {name.lower(): name for name in archive.namelist()}
        formulas = {}
        for sheet, part in sheet_parts(archive):
            scan = Scan(max_rows, max_columns)
            walk(archive.read(real_names[part.lower()]), scan.start)
            if scan.full_rows > max_rows:
                raise Stop("too_many_rows", sheet=sheet, rows=scan.full_rows)
            if scan.far:
                raise Stop("far_cell", sheet=sheet, cell=scan.far)
            formulas[sheet] = scan.formulas
    return formulas


def walk(xml: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call `start` for every opening tag. expat fetches nothing and refuses entity bombs."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(xml, True)


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(sheet name, path in the archive) in the workbook's order, whatever prefixes its XML uses."""
    targets: dict[str, str] = {}
    parts: list[tuple[str, str]] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            link = next(value for name, value in attributes.items() if local(name) == "id")
            # An absolute target begins at the archive's root; join then drops "/xl".
            parts.append((attributes["name"], posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")))

    walk(archive.read("xl/_rels/workbook.xml.rels"), relation)
    walk(archive.read("xl/workbook.xml"), sheet)
    return parts


def local(name: str) -> str:
    """An XML name without its prefix."""
    return name.rpartition(":")[2]


def work(file: IO[bytes], kind: str, max_rows: int, max_columns: int) -> dict[str, Any]:
    """The visible worksheets as text."""
    data = file.read()
    formulas = scan_xlsx(data, max_rows, max_columns) if kind == "xlsx" else {}
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise Stop("encrypted") from error
    sheets = []
    for about in workbook.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        last_row, last_column = sheet.end or (0, 0)
        if last_row >= max_rows:
            raise Stop("too_many_rows", sheet=about.name, rows=last_row + 1)
        if last_column >= max_columns:
            raise Stop("far_cell", sheet=about.name, cell=f"R{last_row + 1}C{last_column + 1}")
        rows = [[text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
        fill_down(rows, merged)
        sheets.append({"name": about.name, "rows": rows, "merged": merged, "formulas": formulas.get(about.name, [])})
    return {"sheets": sheets}


def fill_down(rows: list[list[str]], merged: list[tuple[int, int, int, int]]) -> None:
    """A cell merged over several rows of one column counts for each of them (推荐单位 is often one tall cell)."""
    for first_row, first_column, last_row, last_column in merged:
        if first_column != last_column or first_row >= len(rows) or first_column >= len(rows[first_row]):
            continue
        for row in rows[first_row + 1 : last_row + 1]:
            row[first_column] = row[first_column] or rows[first_row][first_column]


def text(value: object) -> str:
    """A cell's value as one would type it: no `.0`, no exponent, dates in ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
