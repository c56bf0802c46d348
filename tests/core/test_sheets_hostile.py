"""Files that would hurt: each refused by name, with the way out (R13)."""

import io
import struct
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font
from xlwt.CompoundDoc import XlsDoc

from core.limited.running import MB
from core.problems import Refused
from core.sheets import find_table, read
from tests.core.mutants import meet, worked
from tests.core.workbooks import COLUMNS, HEADER, SHEET, old_workbook, saved, with_part, workbook

GOOD = workbook([HEADER, [1, "何燕", "队", "13800138001", ""]])
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def sheet_with(cells: str) -> bytes:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    return with_part(GOOD, SHEET, lambda _: xml.encode())


def overlapping() -> bytes:
    """Two directory entries that point at one stretch of bytes (CVE-2024-0450)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"a" * 5000)
        archive.filelist.append(archive.filelist[0].__class__("xl/b.xml"))
        for name in ("compress_size", "file_size", "CRC", "compress_type", "header_offset"):
            setattr(archive.filelist[1], name, getattr(archive.filelist[0], name))
    return content.getvalue()


def lying_about_size(part: str = SHEET) -> bytes:
    """A part of 60 MB whose directory says 100 bytes."""
    data = with_part(GOOD, part, lambda _: b" " * 60_000_000)
    real, said = struct.pack("<L", 60_000_000), struct.pack("<L", 100)
    assert real in data
    return data.replace(real, said)


def repeated_string() -> bytes:
    """One long shared string in every cell: small on disk, 900 MB as text."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"长" * 30000}</t></si></sst>'.encode()
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 10_001))
    link = f'<Relationship Id="rIdS" Type="{OFFICE}" Target="sharedStrings.xml"/></Relationships>'.encode()
    data = with_part(sheet_with(rows), "xl/sharedStrings.xml", lambda _: strings)
    return with_part(data, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"</Relationships>", link))


def with_password() -> bytes:
    """An .xls whose stream begins with FILEPASS, as Excel writes it when a password is asked for."""
    book = xlwt.Workbook()
    book.add_sheet("名单")
    stream = book.get_biff_data()
    begin = 4 + int.from_bytes(stream[2:4], "little")
    file = io.BytesIO()
    XlsDoc().save(file, stream[:begin] + b"\x2f\x00\x06\x00" + b"\0\0abcd" + stream[begin:])
    return file.getvalue()


def package(*parts: str) -> bytes:
    """A zip that holds these parts and is no .xlsx."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in parts:
            archive.writestr(part, b"<a/>")
    return content.getvalue()


def locked_entries() -> bytes:
    """The zip's own encryption: bit 0 of an entry's flags."""
    data = bytearray(GOOD)
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


HOSTILE = {
    "empty": b"",
    "corrupt": b"PK\x03\x04 cut short",
    "encrypted": OLE + "EncryptedPackage".encode("utf-16-le"),
    "not_workbook": PNG,
    "web_page": b"\xef\xbb\xbf <html><table><tr><td>\xe5\xa7\x93</td></tr></table>",
    "macro": with_part(GOOD, "xl/vbaProject.bin", lambda _: b"x"),
    "inflated": with_part(GOOD, SHEET, lambda _: b"<a/>" * 3_000_000),
    "too_many_rows": sheet_with("".join(f"<row><c><v>{row}</v></c></row>" for row in range(100_000))),
    "far_cell": sheet_with('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "too_heavy": repeated_string(),
}


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_file_is_refused_by_name(code):
    begin = worked()
    with pytest.raises(Refused) as refusal:
        read(HOSTILE[code], "名单.xlsx")
    assert refusal.value.codes == [f"sheet.{code}"]
    assert "请" in str(refusal.value)
    assert worked() - begin < 10


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (overlapping(), "a.xlsx", "corrupt"),
        (lying_about_size(), "a.xlsx", "corrupt"),
        (with_part(GOOD, SHEET, lambda xml: xml[:200]), "a.xlsx", "corrupt"),
        (
            with_part(GOOD, "[Content_Types].xml", lambda xml: xml.replace(b"sheet.main", b"sheet.macroEnabled.main")),
            "a.xlsm",
            "macro",
        ),
        (with_part(GOOD, "xl/workbook.xml", lambda _: b""), "a.xlsx", "corrupt"),
        (sheet_with('<row><c r="AO1"><f>1</f></c></row>'), "a.xlsx", "far_cell"),
        (OLE, "a.xls", "corrupt"),
        (with_password(), "a.xls", "encrypted"),
        (locked_entries(), "a.xlsx", "encrypted"),
        (OLE + "_VBA_PROJECT".encode("utf-16-le"), "a.xls", "macro"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.xls", "not_workbook"),
        (package("word/document.xml"), "a.xlsx", "not_workbook"),
        (package("何燕.txt"), "a.xlsx", "not_workbook"),
        (package("xl/workbook.bin"), "a.xlsx", "old_format"),
        (package("content.xml"), "a.xlsx", "old_format"),
        (package("xl/workbook.xml", *map(str, range(200))), "a.xlsx", "too_many_parts"),
        (lying_about_size("[Content_Types].xml"), "a.xlsx", "corrupt"),
        (old_workbook([["a"]] * 10_001), "a.xls", "too_many_rows"),
        (old_workbook([["a"] * 41]), "a.xls", "far_cell"),
        (b"%PDF-1.7", "a.xls", "not_workbook"),
        (b"hello", "a.xlsx", "corrupt"),
        (b"hello", "a.docx", "extension"),
        (b"\xff\x00\x81" * 9, "a.csv", "encoding"),
        (b"a,b\n" * 10_001, "a.csv", "too_many_rows"),
        (b"," * 40 + b"x", "a.csv", "far_cell"),
        (b'"' + b"x" * 200_000, "a.csv", "corrupt"),
    ],
)
def test_other_bad_files(data, name, code):
    with pytest.raises(Refused) as refusal:
        read(data, name)
    assert refusal.value.codes == [f"sheet.{code}"]
    assert (str(refusal.value).startswith(f"“{name}”："), "请" in str(refusal.value)) == (True, True)


def test_two_hundred_megabytes_are_refused_before_reading(tmp_path: Path):
    large = tmp_path / "大.xlsx"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    for source in (large, large.open("rb")):
        with pytest.raises(Refused, match="文件有 200 MB，超过 10 MB"):
            read(source, "大.xlsx")


def test_a_format_on_far_empty_cells_is_no_reason_to_refuse():
    book = Workbook()
    for line in (HEADER, [1, "何燕", "队", "13800138001"]):
        book.active.append(line)
    book.active["XFD1048576"].font = Font(bold=True)
    assert len(find_table(read(saved(book), "a.xlsx"), COLUMNS).rows) == 1


def test_external_entities_are_not_read():
    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    data = with_part(GOOD, SHEET, lambda xml: bomb.encode() + xml.replace(b"13800138001", b"&x;"))
    with pytest.raises(Refused, match="打不开"):
        read(data, "a.xlsx")


@pytest.mark.soak
def test_mutated_files_are_read_or_refused_clearly(soak):
    """5,000 of them in the long form. `mutants.meet` says what counts as clear; memory is the parsing child's."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        outcomes = list(pool.map(meet, range(5000 if soak else 300), chunksize=25))
    assert [one for one in outcomes if one.verdict != "read" and not one.verdict.startswith("sheet.")] == []
    slowest, largest = (max(outcomes, key=attrgetter(figure)) for figure in ("seconds", "memory"))
    print(f"{len(outcomes)} mutants: slowest {slowest}, largest {largest}")
    assert (slowest.seconds < 10, largest.memory < 512 * MB) == (True, True)


def test_a_deflate_stream_cut_short_is_corrupt():
    data = bytearray(GOOD)
    data[60:80] = zlib.compress(b"x" * 12)[:20].ljust(20, b"\0")
    with pytest.raises(Refused):
        read(bytes(data), "a.xlsx")
