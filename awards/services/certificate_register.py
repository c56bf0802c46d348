"""A batch as things to hand over: the register as a workbook, every file in one ZIP."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from core.sheets.columns import Column

from ..models import Certificate

REGISTER = (
    Column("place", "序号", width=8),
    Column("number", "证书编号", width=26),
    Column("version", "版次", width=8),
    Column("name", "获证者", width=30),
    Column("award", "奖项", width=36),
    Column("day", "落款日期", width=14),
    Column("state", "状态", width=10),
    Column("sha256", "文件指纹（SHA-256）", width=66),
)
CHUNK = 1 << 18
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of every file in a ZIP: the same files make the same bytes


def register_rows(found: Iterable[Certificate]) -> Iterator[dict[str, str]]:
    """A line a certificate."""
    for one in found:
        yield {
            "place": str(one.place),
            "number": one.number,
            "version": str(one.version),
            "name": one.name,
            "award": one.award,
            "day": one.issued_on.isoformat(),
            "state": one.get_state_display(),
            "sha256": one.file.sha256 if one.file else "",
        }


def pack(found: Iterable[Certificate], into: IO[bytes]) -> int:
    """Every printed file under its number, unpacked nowhere but in the ZIP; how many."""
    count = 0
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for one in found:
            if one.file is None:
                continue
            with (
                one.file.blob.storage.open(one.file.blob.name or "", "rb") as source,
                archive.open(zipfile.ZipInfo(one.file_name, EARLIEST), "w") as copy,
            ):
                while chunk := source.read(CHUNK):
                    copy.write(chunk)
            count += 1
    return count
