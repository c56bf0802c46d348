"""A block of cells as text, copied from a spreadsheet: made into a file, so that it is judged as any upload."""

import csv
import io
import re

from core.sheets import find_table, read
from tracks.rulebook import Rulebook

from .sheets import row_columns

NAME = "粘贴的内容.csv"
NUMBER = re.compile(r"\d{0,3}")


def as_file(text: str, rulebook: Rulebook) -> bytes:
    """The text as a CSV with a header: its own, or the official columns in order, with or without 序号.

    Raises Refused as `core.sheets.read` does.
    """
    delimiter = "\t" if "\t" in text else ","
    rows = [row for row in csv.reader(io.StringIO(text.strip("\r\n")), delimiter=delimiter) if any(row)]
    columns = row_columns(rulebook)
    if not find_table(read(_csv(rows), NAME), columns).header_row:
        labels = [column.label for column in columns]
        numbered = all(NUMBER.fullmatch(row[0].strip()) for row in rows)
        rows.insert(0, labels[0 if numbered else 1 :][: max(map(len, rows))])
    return _csv(rows)


def _csv(rows: list[list[str]]) -> bytes:
    found = io.StringIO()
    csv.writer(found).writerows(rows)
    return found.getvalue().encode("utf-8-sig")
