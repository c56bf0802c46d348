"""Uploads for the tests: rows under the official header, judged and taken in by the services."""

from pathlib import Path
from typing import Any

from core.sheets import Table, find_table, read
from registrations.services import previewing, workbooks
from registrations.services.previewing import Preview
from registrations.services.workbooks import Choice, Taken
from registrations.sheets import row_columns
from tests.core.workbooks import workbook
from tests.registrations.build import Desk
from tracks.models import Edition

HEADER: list[object] = ["序号", "姓名", "参赛队伍名称", "参赛者所在单位/学校院系", "联系电话", "报名类别", "推荐单位"]
RIGHT = {
    "序号": "",
    "姓名": "王小芳",
    "参赛者所在单位/学校院系": "城南中学",
    "联系电话": "13800138000",
    "报名类别": "A",
}


def line(**changes: object) -> list[object]:
    """One right row in the official order; `changes` by the header's words."""
    return [(RIGHT | changes).get(str(name), "") for name in HEADER]


def table(edition: Edition, source: bytes | Path | list[list[object]], name: str = "推荐表.xlsx") -> Table:
    """A file, or rows to be made one."""
    content = workbook(source) if isinstance(source, list) else source
    return find_table(read(content, "" if isinstance(content, Path) else name), row_columns(edition.rulebook))


def preview(desk: Desk, source: bytes | Path | list[list[object]], name: str = "推荐表.xlsx") -> Preview:
    """What a file would do."""
    return previewing.preview(desk.form, table(desk.edition, source, name))


def take_in(desk: Desk, source: bytes | Path | list[list[object]], **choice: Any) -> Taken:
    """Preview and confirm."""
    seen = preview(desk, source)
    return workbooks.take_in(desk.form, seen.table, Choice(**choice), by=desk.officer, seen=seen.digest)


def verdicts(seen: Preview) -> list[str]:
    """Row by row."""
    return [row.verdict for row in seen.lines]


def codes(seen: Preview) -> list[list[str]]:
    """The problems of each row."""
    return [[problem.code for problem in row.problems] for row in seen.lines]
