"""Finding the form in a workbook as people really fill it in: a title above, notes beneath, columns moved about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.problems import Problem

from .columns import Column
from .reading import Book, Sheet
from .text import cell_name, clean, fold, header_key, one_line

HEADER_WITHIN = 10  # rows
PROBLEMS_HEADER = "问题"  # the column a marked workbook carries; read again, it means nothing

# A cell that begins the notes under a form, or a signature line: its word, then a colon, a number or nothing.
_NOTE = re.compile(
    r"(?:附?注|备注|说明|注意|注意事项|填[表报写]说明|填[表报写]须知|合计|总计|共计)\s*\d*\s*(?:[:：.、].*)?"
    r"|(?:填表人|制表人|经办人|审核人|负责人|联系人|填[表报]日期|日期|推荐单位|单位)\s*(?:[(（].{0,6}[)）])?\s*[:：].*",
    re.DOTALL,
)
_COLON = re.compile("[:：]")  # 填表人：… 审核人：… stand in several cells and are still no row


@dataclass(frozen=True)
class Row:
    """One filled-in row."""

    number: int  # as the sheet shows it, from 1
    values: dict[str, str]  # by column key; columns the file does not have are absent
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """The form found in a book. `problems` concern the file as a whole; each row carries its own."""

    sheet: Sheet
    columns: tuple[Column, ...]  # those that were asked for
    header_row: int  # from 1; 0: no header was found
    places: dict[str, int]  # column key → column of the sheet, from 0
    rows: list[Row]
    problems: list[Problem]
    notes: list[int] = field(default_factory=list)  # lines passed over as notes or signatures

    @property
    def missing(self) -> list[Column]:
        """Required columns the file does not have."""
        return [column for column in self.columns if column.required and column.key not in self.places]

    def cell(self, number: int, key: str) -> str:
        """Name of a cell, `B5`."""
        return cell_name(number, self.places[key])


def find_table(book: Book, columns: Sequence[Column]) -> Table:
    """Find the sheet and header that fit the columns best, and read the rows beneath.

    Problems: `sheet.no_header`, `sheet.missing_column`, `sheet.no_rows` block; `sheet.repeated_column`,
    `sheet.unknown_columns`, `sheet.other_sheets` are warnings. A row's own: `sheet.formula`.
    """
    columns = tuple(columns)
    found = [(sheet, *_find_header(sheet, columns)) for sheet in book.sheets] or [(Sheet(book.filename, []), 0, {})]
    sheet, header_row, places = max(found, key=lambda candidate: len(candidate[2]))
    if len(places) < min(2, len(columns)):
        return Table(sheet, columns, 0, {}, [], [_no_header(sheet.name, columns)])
    rows, notes = _read_rows(sheet, columns, header_row, places)
    table = Table(sheet, columns, header_row, places, rows, [], notes)
    table.problems.extend(_missing(table) + _header_remarks(table) + _other_sheets(book, sheet))
    if not rows:
        table.problems.append(Problem("sheet.no_rows", f"表头（第 {header_row} 行）下面没有填写内容。请填好后再上传"))
    return table


def _find_header(sheet: Sheet, columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """(row from 1, places) of the row among the first ten that names most columns; the first of equals."""
    keys = {header_key(name): column.key for column in columns for name in (*column.aliases, column.label)}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, cells in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            key = keys.get(header_key(cell)) if cell else None
            if key:
                places.setdefault(key, place)
        if len(places) > len(best[1]):
            best = (number, places)
    return best


def _read_rows(
    sheet: Sheet, columns: Sequence[Column], header_row: int, places: dict[str, int]
) -> tuple[list[Row], list[int]]:
    """(rows, numbers of the lines passed over as notes)."""
    present = [column for column in columns if column.key in places]
    header = _header_cells(sheet.rows[header_row - 1], places)
    rows: list[Row] = []
    notes: list[int] = []
    for number, cells in enumerate(sheet.rows[header_row:], start=header_row + 1):
        values = {column.key: _value(column, cells, places[column.key]) for column in present}
        own = [column for column in present if values[column.key] and not column.filler]
        filled = [cell for cell in cells if cell.strip()]
        if not filled or _is_header(cells, places, header):
            continue  # blank, or the header printed again on the next page
        facts = [column for column in own if not _COLON.search(values[column.key])]
        if len(facts) < 2 and (notes or _NOTE.fullmatch(clean(filled[0]))):
            notes.append(number)  # once notes have begun, a line with one cell goes on with them
        elif own:
            rows.append(Row(number, values, _formulas(sheet, number, present, places)))
    return rows, notes


def _header_cells(cells: list[str], places: dict[str, int]) -> list[str]:
    return [header_key(cells[place]) if place < len(cells) else "" for place in places.values()]


def _is_header(cells: list[str], places: dict[str, int], header: list[str]) -> bool:
    """Whether a line is the header again; most are told by their first cell."""
    wanted = zip(places.values(), header, strict=True)
    return all((header_key(cells[place]) if place < len(cells) else "") == key for place, key in wanted)


def _value(column: Column, cells: list[str], place: int) -> str:
    value = cells[place] if place < len(cells) else ""
    if column.fold:
        value = fold(value)
    return clean(value) if column.multiline else one_line(value)


def _formulas(sheet: Sheet, number: int, columns: Sequence[Column], places: dict[str, int]) -> list[Problem]:
    """A formula's cached value may be stale or missing, so the clerk decides; in a filler column it is harmless."""
    return [
        Problem(
            "sheet.formula",
            f"{cell_name(number, places[column.key])} 单元格是公式。请复制这一格，用“选择性粘贴→数值”贴回原处后再上传",
            field=column.key,
        )
        for column in columns
        if not column.filler and (number - 1, places[column.key]) in sheet.formulas
    ]


def _no_header(sheet: str, columns: Sequence[Column]) -> Problem:
    names = "、".join(column.label for column in columns[:4])
    return Problem(
        "sheet.no_header",
        f"“{sheet}”里没有找到表头。前 {HEADER_WITHIN} 行里应有一行写着“{names}”等列名，请对照模板补上",
    )


def _missing(table: Table) -> list[Problem]:
    return [
        Problem(
            "sheet.missing_column",
            f"表头（第 {table.header_row} 行）缺少“{column.label}”一列，请对照模板补上",
            column.key,
        )
        for column in table.missing
    ]


def _header_remarks(table: Table) -> list[Problem]:
    """Columns passed over, and columns there twice."""
    known = {header_key(name): column for column in table.columns for name in (*column.aliases, column.label)}
    unknown: list[str] = []
    remarks: list[Problem] = []
    for place, cell in enumerate(table.sheet.rows[table.header_row - 1]):
        column = known.get(header_key(cell)) if cell.strip() else None
        if column and table.places[column.key] != place:
            remarks.append(
                Problem(
                    "sheet.repeated_column",
                    f"“{column.label}”有两列，只读了 {table.cell(table.header_row, column.key)} 这一列",
                    column.key,
                    "warning",
                )
            )
        elif not column and cell.strip() and header_key(cell) != PROBLEMS_HEADER:
            unknown.append(one_line(cell))
    if unknown:
        remarks.append(Problem("sheet.unknown_columns", f"没有用到的列：{'、'.join(unknown)}", level="warning"))
    return remarks


def _other_sheets(book: Book, sheet: Sheet) -> list[Problem]:
    others = "、".join(f"“{other.name}”" for other in book.sheets if other is not sheet and other.rows)
    message = f"只读了工作表“{sheet.name}”，没有读{others}。其中若有名单，请合并到一张工作表"
    return [Problem("sheet.other_sheets", message, level="warning")] if others else []
