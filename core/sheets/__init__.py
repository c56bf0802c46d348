"""Spreadsheets in and out: what people really upload, read safely; what we hand out, never a formula.

    book = read(upload, "名单.xlsx")            # raises Refused: too big, locked, a picture …
    table = find_table(book, COLUMNS)           # finds the header, gives rows by column key
    refuse_if(table.problems)
    marked = mark(table, {5: [Problem("phone", "手机号应为 11 位", field="phone")]})

Knows nothing of a contest: an app describes its columns in its own `sheets.py`.
"""

from .carrying import pack, unpack
from .columns import Column
from .lines import Line, Verdict
from .reading import Book, Sheet, read
from .tables import PROBLEMS_HEADER, Row, Table, find_table
from .text import cell_name
from .writing import mark, write_book, write_csv, write_xlsx

__all__ = [
    "PROBLEMS_HEADER",
    "Book",
    "Column",
    "Line",
    "Row",
    "Sheet",
    "Table",
    "Verdict",
    "cell_name",
    "find_table",
    "mark",
    "pack",
    "read",
    "unpack",
    "write_book",
    "write_csv",
    "write_xlsx",
]
