"""Spreadsheets out: templates, exports, and a workbook given back with its wrong cells marked.

Text is never a formula: every text cell has data type `s` in xlsx and is escaped in CSV (R15).
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.problems import Problem

from .columns import Column
from .tables import PROBLEMS_HEADER, Table
from .text import FORMULA_SIGNS, clean

Value = str | int | float | Decimal | date | None

# ARGB of the tokens brand-tint, kapok-tint, warning-tint and line: a workbook cannot read the stylesheet.
_HEADER_FILL = PatternFill("solid", fgColor="FFE7F0FB")
_ERROR_FILL = PatternFill("solid", fgColor="FFFDECEA")
_WARNING_FILL = PatternFill("solid", fgColor="FFFFF3DF")
_LINE = Side("thin", color="FFDBE2EC")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAPPED = Alignment(vertical="center", wrap_text=True)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)

_FORMULA_START = re.compile(f"'*[{re.escape(FORMULA_SIGNS)}]")  # a tab or line end in front is cleaned away
_OOXML_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # `_x0041_` would be read as `A`


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Value]],
    *,
    title: str = "",
    sheet: str = "名单",
    notes: Sequence[str] = (),
    spare_rows: int = 0,
) -> bytes:
    """A workbook that `read` and `find_table` give back unchanged.

    rows: values by column key; text stays text, whatever it looks like. title: a merged line above the header.
    spare_rows: empty rows under the data, formatted as text and with the drop-downs (a template).
    notes: lines beneath, the first beginning with `注：`.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet_title(sheet)
    if title:
        _put(page, 1, 0, title).font = Font(bold=True, size=14)
        _merge_line(page, 1, len(columns))
    header = 2 if title else 1
    _header(page, header, columns)
    lines = [*rows, *[dict.fromkeys((column.key for column in columns), "")] * spare_rows]
    looks: Looks = {}
    for at, row in enumerate(lines, start=header + 1):
        for place, column in enumerate(columns):
            _put_framed(page, at, place, row.get(column.key), looks)
    last = header + len(lines)
    _drop_downs(book, page, columns, header + 1, max(last, header + 1))
    for at, note in enumerate(notes, start=last + 1):
        _put(page, at, 0, note)
        _merge_line(page, at, len(columns))
    return _saved(book)


def write_book(pages: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Value]]]]) -> bytes:
    """A workbook of several plain sheets: (name, header, rows). At least one."""
    book = Workbook()
    looks: Looks = {}
    book.remove(book.worksheets[0])
    for name, labels, rows in pages:
        page = book.create_sheet(sheet_title(name))
        _header(page, 1, [Column(label, label) for label in labels])
        for at, row in enumerate(rows, start=2):
            for place, value in enumerate(row):
                _put_framed(page, at, place, value, looks)
    return _saved(book)


def write_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]]) -> bytes:
    """UTF-8 with the mark Excel needs; a text that would start a formula gets `'` in front, `read` takes it off."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow([column.label for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(row.get(column.key)) for column in columns])
    return lines.getvalue().encode("utf-8-sig", "replace")


def mark(table: Table, faults: Mapping[int, Sequence[Problem]]) -> bytes:
    """The uploaded sheet with its wrong cells coloured and explained, on the same row numbers.

    faults: row number → problems, `field` being a column key (or empty: only the column “问题” says it).
    Built anew from the text that was read, so nothing hostile in the original is opened or handed on; other
    sheets, pictures and formats stay behind. Read again, the column “问题” is passed over.
    """
    sheet = table.sheet
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet_title(sheet.name)
    header, problems_at = sheet.rows[table.header_row - 1], _problems_place(table)
    for at, cells in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(cells):
            if cell and place != problems_at:
                _put(page, at, place, cell).alignment = _WRAPPED
    for place in {*table.places.values(), problems_at}:
        _style_header(_put(page, table.header_row, place, PROBLEMS_HEADER if place == problems_at else header[place]))
        page.column_dimensions[get_column_letter(place + 1)].width = 18 if place != problems_at else 48
    for at, problems in faults.items():
        _mark_row(page, table, at, problems)
        lines = "\n".join(problem.message for problem in problems)
        _put(page, at, problems_at, lines).alignment = _WRAPPED
    _restore_merges(page, table)
    page.freeze_panes = f"A{table.header_row + 1}"
    return _saved(book)


def sheet_title(name: str) -> str:
    """A name Excel accepts for a sheet."""
    return re.sub(r"[\[\]:*?/\\']", " ", clean(name)).strip()[:31] or "名单"


def _put(page: Worksheet, row: int, place: int, value: Value) -> Cell:
    """Write one cell; place counts from 0. Text is text, even `=1+1` and `#N/A`."""
    cell = cast(Any, page.cell(row, place + 1))  # two inner fields of openpyxl's cell
    if isinstance(value, str):
        cell.value = _OOXML_ESCAPE.sub("_x005F_", clean(value)) or None
        cell.number_format = "@"
        if cell.value is not None:
            cell.data_type = "s"
            cell.quotePrefix = bool(_FORMULA_START.match(str(cell.value)))  # stays text when edited in Excel
    elif isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None)  # the caller gives Beijing time; a cell has no zone
    else:
        cell.value = value
    return cell


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value.isoformat(" ") if isinstance(value, datetime) else str(value)
    cleaned = clean(value)
    return f"'{cleaned}" if _FORMULA_START.match(cleaned) else cleaned


def _header(page: Worksheet, row: int, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        cell = _put(page, row, place, column.label)
        _style_header(cell)
        if column.example:
            cell.comment = Comment(f"例：{column.example}", "填写说明")
        page.column_dimensions[get_column_letter(place + 1)].width = column.width
    page.freeze_panes = f"A{row + 1}"


def _style_header(cell: Cell) -> None:
    cell.font, cell.fill, cell.border, cell.alignment = Font(bold=True), _HEADER_FILL, _GRID, _CENTRED


# Setting four styles costs ten times what writing the cell does; all cells of one kind share the first one's.
Looks = dict[tuple[bool, bool], Any]  # (text, would start a formula) → openpyxl's StyleArray


def _put_framed(page: Worksheet, row: int, place: int, value: Value, looks: Looks) -> None:
    text = isinstance(value, str)
    kind = (text, text and bool(_FORMULA_START.match(clean(str(value)))))
    if kind not in looks or not isinstance(value, str | int | None):
        cell = _put(page, row, place, value)
        cell.border, cell.alignment = _GRID, _WRAPPED
        if isinstance(value, str | int | None):
            looks[kind] = cast(Any, cell)._style
        return
    cell = cast(Any, page.cell(row, place + 1))  # two inner fields of openpyxl's cell
    if isinstance(value, str):
        cell._value = _OOXML_ESCAPE.sub("_x005F_", clean(value)) or None
        cell.data_type = "n" if cell._value is None else "s"
    else:
        cell.value = value
    cell._style = looks[kind]


def _merge_line(page: Worksheet, row: int, columns: int) -> None:
    page.cell(row, 1).alignment = _WRAPPED
    if columns > 1:
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)


def _drop_downs(book: Workbook, page: Worksheet, columns: Sequence[Column], first: int, last: int) -> None:
    """Choices come from a hidden sheet: a list written into the rule itself ends at 255 characters."""
    offered = [(place, column) for place, column in enumerate(columns) if column.choices]
    if not offered:
        return
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    for number, (place, column) in enumerate(offered):
        for at, choice in enumerate(column.choices, start=1):
            _put(lists, at, number, choice)
        source = get_column_letter(number + 1)
        rule = DataValidation(
            type="list", formula1=f"'选项'!${source}$1:${source}${len(column.choices)}", allow_blank=True
        )
        rule.showErrorMessage = False  # several may be typed at once (A、C); the import judges
        letter = get_column_letter(place + 1)
        rule.add(f"{letter}{first}:{letter}{last}")
        page.add_data_validation(rule)


def _problems_place(table: Table) -> int:
    header = [clean(cell) for cell in table.sheet.rows[table.header_row - 1]]
    return header.index(PROBLEMS_HEADER) if PROBLEMS_HEADER in header else table.sheet.width


def _mark_row(page: Worksheet, table: Table, row: int, problems: Sequence[Problem]) -> None:
    by_place: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.field in table.places:
            by_place.setdefault(table.places[problem.field], []).append(problem)
    for place, here in by_place.items():
        cell = page.cell(row, place + 1)
        cell.fill = _ERROR_FILL if any(problem.blocks for problem in here) else _WARNING_FILL
        cell.border = _GRID
        cell.comment = Comment("\n".join(problem.message for problem in here), PROBLEMS_HEADER, width=320, height=120)


def _restore_merges(page: Worksheet, table: Table) -> None:
    """Titles and notes keep their merged line; cells of data stay apart, so that each can be marked."""
    data = {row.number for row in table.rows} | {table.header_row}
    for row, column, last_row, last_column in table.sheet.merged:
        if row == last_row and row + 1 not in data and row < len(table.sheet.rows):
            page.merge_cells(start_row=row + 1, end_row=row + 1, start_column=column + 1, end_column=last_column + 1)


def _saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
