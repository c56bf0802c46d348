"""Files that would hurt: each refused by name, with the way out (R13)."""

import io
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from core.problems import Refused
from core.sheets import find_table, read
from tests.core.workbooks import COLUMNS, HEADER, SAMPLES, SHEET, mutated, old_workbook, saved, with_part, workbook

MUTANTS = 5000 if os.environ.get("PORTAL_SOAK") == "1" else 60
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


def lying_about_size() -> bytes:
    """A sheet of 60 MB whose directory says 100 bytes."""
    data = with_part(GOOD, SHEET, lambda _: b" " * 60_000_000)
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
    begin = time.perf_counter()
    with pytest.raises(Refused) as refusal:
        read(HOSTILE[code], "名单.xlsx")
    assert refusal.value.codes == [f"sheet.{code}"]
    assert "请" in str(refusal.value)
    assert time.perf_counter() - begin < 10


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


@pytest.mark.parametrize("seed", range(MUTANTS))
def test_mutated_workbook_is_read_or_refused(seed):
    original = sorted(SAMPLES.glob("*.xlsx"))[seed % 4].read_bytes()
    begin = time.perf_counter()
    try:
        rows = find_table(read(mutated(original, seed), "名单.xlsx"), COLUMNS).rows
        outcome = "read" if all(row.number > 1 for row in rows) else "misread"
    except Refused as refusal:
        outcome = refusal.codes[0].partition(".")[0]
    assert outcome in {"read", "sheet"}
    assert time.perf_counter() - begin < 10


def test_a_deflate_stream_cut_short_is_corrupt():
    data = bytearray(GOOD)
    data[60:80] = zlib.compress(b"x" * 12)[:20].ljust(20, b"\0")
    with pytest.raises(Refused):
        read(bytes(data), "a.xlsx")
