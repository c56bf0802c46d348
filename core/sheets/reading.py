"""Bytes of a spreadsheet → rows of text, or a refusal that names the way out."""

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import IO

from core.limited.running import MB, Limits, Stopped, run
from core.problems import Refused

from .guard import MAX_BYTES, Kind, check_size, corrupt, encrypted, kind_of, refused, too_heavy
from .text import FORMULA_SIGNS, clean

MAX_ROWS = 10_000
MAX_COLUMNS = 40
# The largest that is allowed takes one second, and nobody waits over ten; one shared string may stand in every cell.
LIMITS = Limits(cpu=6, wall=8, memory=512 * MB, output=32 * MB)

_CHILD = Path(__file__).with_name("child.py")
_ENCODINGS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = ",\t;，"


@dataclass(frozen=True)
class Sheet:
    """One worksheet. Every cell is text (`""` when empty); `rows[0]` is the sheet's row 1."""

    name: str
    rows: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...] = ()  # row, column, last row, last column, from 0
    formulas: frozenset[tuple[int, int]] = frozenset()  # (row, column) from 0

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True)
class Book:
    """A workbook's visible worksheets; a CSV is a book of one."""

    filename: str
    sheets: list[Sheet]


def read(source: bytes | Path | IO[bytes], filename: str = "") -> Book:
    """Read an .xlsx, .xls or .csv (UTF-8, UTF-16 with a mark, GBK, GB18030).

    source: bytes, a path, or an open upload. filename: as the user sent it (default: the path's).
    Raises Refused with one Problem that names the file, `sheet.<code>`: too_large, empty, not_workbook, web_page,
    extension, corrupt, encrypted, macro, inflated, too_many_parts, old_format, encoding, too_many_rows, far_cell,
    too_heavy.
    """
    filename = clean(PurePath(filename or getattr(source, "name", "")).name)[-80:] or "名单"
    try:
        data = _bytes_of(source)
        kind = kind_of(data, filename)
        sheets = _read_csv(data, filename) if kind == "csv" else _read_workbook(data, kind)
    except Refused as error:
        raise Refused(replace(found, message=f"“{filename}”：{found.message}") for found in error.problems) from error
    return Book(filename, sheets)


def _bytes_of(source: bytes | Path | IO[bytes]) -> bytes:
    """The content, never more than the limit in memory."""
    if isinstance(source, Path):
        check_size(source.stat().st_size)
        return source.read_bytes()
    if not isinstance(source, bytes):
        check_size(source.seek(0, io.SEEK_END) or source.tell())
        source.seek(0)
        source = source.read(MAX_BYTES + 1)
    check_size(len(source))
    return source


def _read_workbook(data: bytes, kind: Kind) -> list[Sheet]:
    try:
        answer = run(_CHILD, data, LIMITS, kind, MAX_ROWS, MAX_COLUMNS)
    except Stopped as stopped:
        raise _refusal(stopped) from stopped
    return [
        Sheet(
            name=sheet["name"],
            rows=_without_tail(sheet["rows"]),
            merged=tuple((a, b, c, d) for a, b, c, d in sheet["merged"]),
            formulas=frozenset((row, column) for row, column in sheet["formulas"]),
        )
        for sheet in answer["sheets"]
    ]


def _refusal(stopped: Stopped) -> Refused:
    """The child's code in words."""
    match stopped.code:
        case "encrypted":
            return encrypted()
        case "too_heavy":
            return too_heavy()
        case "too_many_rows":
            return _too_many_rows(**stopped.facts)
        case "far_cell":
            return _far_cell(**stopped.facts)
        case _:
            return corrupt()


def _too_many_rows(sheet: str, rows: int) -> Refused:
    return refused(
        "too_many_rows", f"“{sheet}”有 {rows} 行，超过 {MAX_ROWS} 行。请只留要上传的名单，或分成几个文件上传"
    )


def _far_cell(sheet: str, cell: str) -> Refused:
    return refused(
        "far_cell",
        f"“{sheet}”的 {cell} 单元格里有内容，超出了 {MAX_ROWS} 行、{MAX_COLUMNS} 列。"
        "请删去这一格，或把名单复制到新工作簿后再上传",
    )


def _read_csv(data: bytes, filename: str) -> list[Sheet]:
    content = _decode(data)
    head = content[:4000]
    delimiter = max(_DELIMITERS, key=head.count)
    name = PurePath(filename).stem
    rows: list[list[str]] = []
    full_rows = 0
    try:
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            while row and not row[-1].strip():
                row.pop()
            full_rows += bool(row)
            if len(row) > MAX_COLUMNS:
                raise _far_cell(name, f"第 {len(rows) + 1} 行第 {len(row)} 列")
            rows.append([_unescaped(cell) for cell in row])
    except csv.Error as error:
        raise refused(
            "corrupt", "CSV 文件的引号没有成对，读不出行列。请用 Excel 打开检查，另存为 .xlsx 后再上传"
        ) from error
    if full_rows > MAX_ROWS:
        raise _too_many_rows(name, full_rows)
    return [Sheet(name, _without_tail(rows))]


def _decode(data: bytes) -> str:
    """Text of a CSV; GB18030 holds all of GBK."""
    marked = [encoding for mark, encoding in _ENCODINGS.items() if data.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            content = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in content:
            return content
    raise refused(
        "encoding",
        "CSV 文件的文字编码认不出来（应为 UTF-8 或 GBK）。请用 Excel 打开，另存为 .xlsx 或“CSV UTF-8”后再上传",
    )


def _unescaped(cell: str) -> str:
    """What `write_csv` put in front of a cell that would start a formula is taken off again."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(tuple(FORMULA_SIGNS)) else cell


def _without_tail(rows: list[list[str]]) -> list[list[str]]:
    """Rows down to the last one with content."""
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows
