"""What is refused before anything is parsed: by size, by signature, by the zip's own directory (reliability 5)."""

import io
import re
import zipfile
import zlib
from typing import Literal

from core.limited.running import MB
from core.problems import Problem, Refused

MAX_BYTES = 10 * MB
MAX_INFLATED = 8 * MB
MAX_ENTRIES = 200

SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"BM": "图片",
    b"II*\x00": "图片",
    b"MM\x00*": "图片",
    b"RIFF": "图片或音视频",
    b"%PDF": "PDF 文件",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"MZ": "程序",
}
# The stream of an .xls begins with BOF; FILEPASS right behind it says that all the rest is encrypted.
_XLS_PASSWORD = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_LOCAL_HEADER = 30  # bytes before an entry's name

Kind = Literal["xlsx", "xls", "csv"]


def refused(code: str, message: str) -> Refused:
    """One refusal of the whole file; `read` puts its name in front."""
    return Refused(Problem(f"sheet.{code}", message))


def check_size(size: int) -> None:
    """Refuse by size alone, before a byte is read."""
    if size > MAX_BYTES:
        raise refused(
            "too_large",
            f"文件有 {size / MB:.0f} MB，超过 {MAX_BYTES // MB} MB。请只留名单所在的工作表，删去图片后另存再上传",
        )
    if size == 0:
        raise refused("empty", "文件是空的（0 字节）。请检查是否保存成功，再重新上传")


def kind_of(data: bytes, filename: str) -> Kind:
    """Which reader the bytes are for, decided by content; the name only tells a CSV from a broken workbook.

    Raises Refused for anything that is not a plain workbook or CSV.
    """
    if data.startswith(_ZIP):
        _check_zip(data)
        return "xlsx"
    if data.startswith(_OLE):
        _check_ole(data)
        return "xls"
    for signature, what in _OTHERS.items():
        if data.startswith(signature) and not (signature == b"BM" and filename.lower().endswith((".csv", ".txt"))):
            raise refused(
                "not_workbook",
                f"内容是{what}，改扩展名不能变成表格。请上传名单的 .xlsx、.xls 或 .csv 文件",
            )
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"<"):
        raise refused("web_page", f"内容是网页或 XML，不是真正的工作簿。{SAVE_AS}")
    if filename.lower().endswith((".csv", ".txt")):
        return "csv"
    if filename.lower().endswith((".xlsx", ".xls", ".xlsm", ".et")):
        raise corrupt()
    raise refused("extension", f"不认识这种文件，只收 .xlsx、.xls 和 .csv。{SAVE_AS}")


def corrupt() -> Refused:
    """The file calls itself a workbook and cannot be opened."""
    return refused("corrupt", f"工作簿打不开：文件可能已损坏或没有下载完整。{SAVE_AS}")


def encrypted() -> Refused:
    """The workbook asks for a password."""
    return refused(
        "encrypted", "工作簿加了打开密码，系统读不了。请在 Excel 的“文件→信息→保护工作簿”里去掉密码，保存后再上传"
    )


def too_heavy() -> Refused:
    """The reader ran out of time or memory."""
    return refused(
        "too_heavy", "工作簿内容过多，系统读不完。请只留名单所在的工作表，删去多余的行、列和图片后另存再上传"
    )


def _check_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data or _XLS_PASSWORD.search(data):
        raise encrypted()
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _macro()
    if "WordDocument".encode("utf-16-le") in data or "PowerPoint Document".encode("utf-16-le") in data:
        raise refused("not_workbook", "内容是 Word 或 PowerPoint 文档，不是表格。请上传名单的 .xlsx、.xls 或 .csv 文件")


def _check_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive)
            names = {entry.filename.lower() for entry in archive.infolist()}
            types = archive.read("[Content_Types].xml") if "[content_types].xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, RuntimeError, ValueError) as error:
        raise corrupt() from error
    _check_contents(names, types)


def _check_directory(archive: zipfile.ZipFile) -> None:
    """Refuse bombs by what the directory declares; one that lies fails its CRC when it is read."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    inflated = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise refused(
            "too_many_parts",
            f"工作簿里有 {len(entries)} 个部件，超过 {MAX_ENTRIES} 个。请把名单复制到新工作簿，保存后再上传",
        )
    if inflated > MAX_INFLATED:
        raise refused(
            "inflated",
            f"工作簿展开后有 {inflated / MB:.0f} MB，超过 {MAX_INFLATED // MB} MB。"
            "请把名单复制到新工作簿，不带图片和空白行列；名单太长的分成几个文件，保存后再上传",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted()
    ends = [entry.header_offset + _LOCAL_HEADER + entry.compress_size for entry in entries]
    starts = [entry.header_offset for entry in entries[1:]] + [archive.start_dir]
    if any(end > start for end, start in zip(ends, starts, strict=True)):
        raise corrupt()  # overlapping entries: one stretch of bytes inflated many times
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise corrupt()  # two parts of one name: two readers would read two workbooks


def _check_contents(names: set[str], types: bytes) -> None:
    if any(name.endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        raise _macro()
    if "xl/workbook.xml" in names:
        return
    what = "压缩包"
    for prefix, name in {"word/": "Word 文档", "ppt/": "PowerPoint 文档"}.items():
        if any(entry.startswith(prefix) for entry in names):
            what = name
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise refused("old_format", f"不能读这种格式的表格（.xlsb 或 .ods）。{SAVE_AS}")
    raise refused("not_workbook", f"内容是{what}，不是表格。请上传名单的 .xlsx、.xls 或 .csv 文件")


def _macro() -> Refused:
    return refused("macro", f"工作簿带有宏，出于安全不能接收。{SAVE_AS}（.xlsx 不含宏）")
