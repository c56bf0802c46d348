"""What a stamped 推荐表 says, told apart from what the rows say now: any later edit voids the stamp (practice 1)."""

import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.problems import Problem

HASH_LENGTH = 12  # hexadecimal digits of the content's hash on paper
CODE_LENGTH = 4  # of them, in the code that people type
_MARK = re.compile(r"([A-Z0-9]{3,12})/(\d{1,9})/(\d{1,5})/([0-9A-F]{12})/(\d{1,3})-(\d{1,3})/([0-9A-F]{4})")
_CODE = re.compile(r"(?:第)?(\d{1,5})(?:版)?[-—–－_·.\s]*([0-9A-F]{4})")


@dataclass(frozen=True)
class PrintedRow:
    """One row as printed: the official columns but its number, the phone with its middle hidden."""

    key: int  # the row's primary key
    cells: dict[str, str]  # column code → text: name, team, organisation, phone, categories, unit
    phone_mark: str  # tells two phones apart and gives neither away

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @property
    def who(self) -> str:
        """Whom the row is about."""
        return self.cells["name"] or self.cells["team"]


def content_hash(rows: Sequence[PrintedRow]) -> str:
    """SHA-256 of the rows in their order; which row of the database holds them does not matter."""
    content = [{**row.cells, "phone": row.phone_mark} for row in rows]
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


# --- What is printed on every page ------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What the QR code on a page says."""

    edition: str  # the edition's code, e.g. GDAIKP1
    unit: int
    version: int
    hash: str  # the first HASH_LENGTH digits of the content's hash, upper case
    page: int = 0  # 0: the same code on every page (Word breaks pages as it likes)
    pages: int = 0

    @property
    def text(self) -> str:
        """`GDAIKP1/17/3/9C1D7A2F03B4/1-2/8E0D`: alphanumeric for a QR code, with a checksum at the end."""
        said = f"{self.edition}/{self.unit}/{self.version}/{self.hash}/{self.page}-{self.pages}"
        return f"{said}/{_checksum(said)}"


def read_mark(text: str) -> Mark | None:
    """The mark in a code's text; None for any other code, and where the checksum is wrong."""
    found = _MARK.fullmatch(text)
    if not found or _checksum(text.rpartition("/")[0]) != found[7]:
        return None
    return Mark(found[1], int(found[2]), int(found[3]), found[4], int(found[5]), int(found[6]))


def _checksum(text: str) -> str:
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def version_code(version: int, sha256: str) -> str:
    """版本码 as printed, `3-9C1D`: short enough to type, and not to be guessed from the number of versions."""
    return f"{version}-{sha256[:CODE_LENGTH].upper()}"


def read_version_code(typed: str) -> tuple[int, str] | None:
    """(version, first digits of the hash) of a 版本码 as people type it; None when it is none."""
    found = _CODE.fullmatch("".join(typed.split()).upper())
    return (int(found[1]), found[2]) if found else None


# --- Is it the right paper? -------------------------------------------------------------------------------


def check_marks(pages: Sequence[Sequence[Mark]], edition: str, unit: int) -> list[Problem]:
    """Whether pages that carry a mark belong to one printing of this unit's form, all of them there.

    pages: the marks found on each page of the upload, none where no code could be read.
    """
    marks = {mark for page in pages for mark in page}
    if any((mark.edition, mark.unit) != (edition, unit) for mark in marks):
        return [Problem("stamp.other_unit", "扫描件是别的单位或别的届次的推荐表。请核对文件，换成本单位的再上传")]
    if len({(mark.version, mark.hash) for mark in marks}) > 1:
        versions = "、".join(f"第 {version} 版" for version in sorted({mark.version for mark in marks}))
        return [Problem("stamp.mixed", f"扫描件里混着不同版本的页（{versions}）。请只上传同一版盖章的全部页")]
    total = max((mark.pages for mark in marks), default=0)
    missing = sorted(set(range(1, total + 1)) - {mark.page for mark in marks})
    if len(missing) > sum(not page for page in pages):
        named = "、".join(str(page) for page in missing)
        return [
            Problem(
                "stamp.pages_missing",
                f"打印件共 {total} 页，上传的文件里没有第 {named} 页。请把全部页扫描成一个 PDF，或一次选中全部照片",
            )
        ]
    return []


# --- What has changed since -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One difference between a printed form and the rows as they are now."""

    kind: Literal["added", "removed", "changed", "moved"]
    number: int  # 序号 now; of a removed row, in the print
    who: str
    column: str = ""  # code, where a cell changed
    before: str = ""
    after: str = ""

    @property
    def row(self) -> str:
        """Which row; one that is gone is named by its number on paper."""
        return f"{'打印件' if self.kind == 'removed' else ''}第 {self.number} 行 {self.who}"

    def what(self, labels: dict[str, str]) -> str:
        """What is different. labels: column code → the word for it."""
        words = {"added": "盖章后新增", "removed": "现在没有了", "moved": "次序"}
        return words.get(self.kind) or labels.get(self.column, self.column)

    def told(self, labels: dict[str, str]) -> str:
        """In one sentence."""
        if self.kind in ("added", "removed"):
            return f"{self.row}：{self.what(labels)}"
        return f"{self.row}：{self.what(labels)}由“{self.before or '空'}”改为“{self.after or '空'}”"


def differences(printed: Sequence[PrintedRow], now: Sequence[PrintedRow]) -> list[Change]:
    """Row by row and column by column; a number that only moved up because another row left does not count."""
    old = {row.key: (number, row) for number, row in enumerate(printed, 1)}
    new = {row.key: (number, row) for number, row in enumerate(now, 1)}
    changes = []
    for key, (number, row) in new.items():
        if key not in old:
            changes.append(Change("added", number, row.who))
        else:
            changes += _cell_changes(number, old[key][1], row)
    changes += [Change("removed", number, row.who) for key, (number, row) in old.items() if key not in new]
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    changes += [
        Change("moved", new[key][0], new[key][1].who, "", f"第 {old[key][0]} 行", f"第 {new[key][0]} 行")
        for was, key in zip(before, after, strict=True)
        if was != key
    ]
    return sorted(changes, key=lambda change: change.number)


def _cell_changes(number: int, before: PrintedRow, after: PrintedRow) -> list[Change]:
    found = [
        Change("changed", number, after.who, column, before.cells.get(column, ""), after.cells[column])
        for column in after.cells
        if before.cells.get(column) != after.cells[column]
    ]
    if before.phone_mark != after.phone_mark and before.cells["phone"] == after.cells["phone"]:
        shown = after.cells["phone"]
        found.append(Change("changed", number, after.who, "phone", shown, f"{shown}（中间几位不同）"))
    return found


# --- May a row pass? --------------------------------------------------------------------------------------

_WAYS = "可以等单位{}；单位已寄来的，请先代单位收下扫描件；内容有误的，退回补正"


def check_stamped(
    now: Sequence[PrintedRow], papers: Iterable[Sequence[PrintedRow]], labels: dict[str, str]
) -> list[Problem]:
    """Where the edition asks for a stamp (Q31), a row passes only as it stands on some stamped paper.

    now: the row as it is, once for every secret that old prints were marked with. papers: what each stamped form
    says, oldest first. Changes to other rows do not matter: this one was stamped.
    """
    stamped = [row for paper in papers for row in paper]
    if any((row.cells, row.phone_mark) == (mine.cells, mine.phone_mark) for row in stamped for mine in now):
        return []
    before = [row for row in stamped if row.key == now[0].key]
    if not before:
        return [Problem("stamp.missing", f"收到的盖章扫描件里没有这一行，不能通过。{_WAYS.format('打印盖章后上传')}")]
    changes = min((_cell_changes(0, before[-1], mine) for mine in now), key=len)
    told = "、".join(dict.fromkeys(labels.get(change.column, change.column) for change in changes))
    said = f"盖章之后这一行改过（{told}），盖章扫描件上还是原来的内容，不能通过"
    return [Problem("stamp.row_changed", f"{said}。{_WAYS.format('重新打印盖章后上传')}")]
