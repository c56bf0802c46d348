"""Spreadsheets broken in every way we could think of, and what the portal says to them (R13).

Run in processes of their own (`ProcessPoolExecutor`, spawn), so that the memory of the children that parse is measured
apart from whatever else the tests have started.
"""

import csv
import io
import random
import re
import resource
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from openpyxl import load_workbook

from core.problems import Problem, Refused
from core.sheets import find_table, mark, read

from .workbooks import COLUMNS, SAMPLES, SHEET, old_workbook, saved, with_part

Change = Callable[[bytes, random.Random], bytes]
ODD = [
    b"", b"-1", b"0", b"99999999999", b"XFD1048576", b"A1:XFD1048576", b"B3:A1", b"1e308", b"NaN", b"&#0;", b"&#xD800;",
    b"_x0000_", b"<f>1</f>", b"</c>", b"\xff\xfe", b"\x00", b"A1" * 9999, b"&lol;", "𠮷·︎".encode(),
]  # fmt: skip
NAMES_WHERE = re.compile(r"“.+?”|第 ?\d+ 行|[A-Z]{1,3}\d+", re.DOTALL)
CHINESE = re.compile("[一-鿿]{4}")


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant."""

    seed: int
    verdict: str  # read, or the code of the refusal; `crash …` and `unclear …` are faults
    seconds: float  # of a processor
    memory: int  # bytes: the most that any child of this process has held so far


def worked() -> float:
    """Processor seconds that this process and its ended children had so far: a starved machine is slow by itself."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


def meet(seed: int) -> Outcome:
    """Read a mutant, look for the form, and give the marked workbook back."""
    data, name = mutant(seed)
    begin = worked()
    try:
        verdict = _verdict(data, name)
    except Exception as error:
        verdict = f"crash {error!r}"
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Outcome(seed, verdict, worked() - begin, memory)


def _verdict(data: bytes, name: str) -> str:
    try:
        table = find_table(read(data, name), COLUMNS)
    except Refused as refused:
        return _judged(refused.problems) or refused.codes[0]
    said = [*table.problems, *[problem for row in table.rows for problem in row.problems]]
    if table.header_row:
        mark(table, {row.number: [Problem("x", "有错", "name")] for row in table.rows[:3]})
    return _judged(said) or "read"


def _judged(problems: list[Problem]) -> str:
    """ "" when every problem is a Chinese sentence that names the file, the sheet, the row or the cell."""
    unclear = [p for p in problems if not CHINESE.search(p.message) or not _says_where(p)]
    return f"unclear {unclear[0]}" if unclear else ""


def _says_where(problem: Problem) -> bool:
    return not problem.blocks or bool(NAMES_WHERE.search(problem.message))


# --- Making them ------------------------------------------------------------------------------------------


def mutant(seed: int) -> tuple[bytes, str]:
    """(bytes, file name), the same for the same seed."""
    dice = random.Random(seed)
    kind = dice.choices(["xlsx", "xls", "csv"], [8, 1, 1])[0]
    data = dice.choice(originals()[kind])
    for _ in range(dice.choice([1, 1, 2, 3])):
        change = dice.choice(XLSX_CHANGES if kind == "xlsx" and zipfile.is_zipfile(io.BytesIO(data)) else RAW_CHANGES)
        data = _tried(change, data, dice)
    return data, f"名单.{kind}"


def _tried(change: Change, data: bytes, dice: random.Random) -> bytes:
    """A file broken already may be beyond the next change."""
    try:
        with warnings.catch_warnings(action="ignore"):  # zipfile remarks on two parts of one name
            return change(data, dice)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, RuntimeError, ValueError, EOFError, zlib.error):
        return _bytes_changed(data, dice)


@cache
def originals() -> dict[str, list[bytes]]:
    """The samples, as .xlsx (with inline and with shared strings), .xls and .csv (UTF-8 and GBK)."""
    books = [path.read_bytes() for path in sorted(SAMPLES.glob("*.xlsx"))]
    rows = [read(book, "名单.xlsx").sheets[0].rows for book in books]
    texts = [_as_csv(lines) for lines in rows]
    return {
        "xlsx": books + [saved(load_workbook(io.BytesIO(book))) for book in books],
        "xls": [old_workbook(lines) for lines in rows],
        "csv": [text.encode(encoding, "replace") for text in texts for encoding in ("utf-8-sig", "gb18030")],
    }


def _as_csv(rows: list[list[str]]) -> str:
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def _bytes_changed(data: bytes, dice: random.Random) -> bytes:
    """A few bytes of any value."""
    content = bytearray(data or b"PK\x03\x04")
    for _ in range(dice.choice([1, 4, 64, 512])):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


def _cut(data: bytes, dice: random.Random) -> bytes:
    """The end, the beginning or a stretch in the middle is missing."""
    here, there = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return dice.choice([data[:here], data[here:], data[:here] + data[there:], data + data[here:there]])


def _numbers_changed(data: bytes, dice: random.Random) -> bytes:
    """Four bytes become a length that is too small, too large or negative."""
    here = dice.randrange(max(len(data) - 4, 1))
    value = dice.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 65535, len(data)])
    return data[:here] + struct.pack("<L", value) + data[here + 4 :]


def _quotes_changed(data: bytes, dice: random.Random) -> bytes:
    """Separators, quotes and line ends where none belong."""
    here = dice.randrange(len(data) + 1)
    many = dice.choice([1, 3, 50, 5000])
    return (
        data[:here]
        + dice.choice([b'"', b",", b"\t", b"\r", b"\n", b";", b"\0", b"\x1a", b'",\n"']) * many
        + data[here:]
    )


def _deflate_cut(data: bytes, dice: random.Random) -> bytes:
    """One part's compressed stream ends early, or goes on as another's."""
    parts = [part for part in zipfile.ZipFile(io.BytesIO(data)).infolist() if part.compress_size > 40]
    part = dice.choice(parts)
    begin = part.header_offset + 30 + len(part.filename.encode()) + len(part.extra)
    here = begin + dice.randrange(part.compress_size)
    stretch = dice.choice([1, 16, part.compress_size]) % (begin + part.compress_size - here + 1)
    filler = dice.choice([b"\0", b"\xff", b"\x03\x00"]) * stretch
    return data[:here] + filler[:stretch] + data[here + stretch :]


def _directory_changed(data: bytes, dice: random.Random) -> bytes:
    """The zip's directory lies about one part: its size, its place, its name, how it is packed."""
    entry = dice.choice([found.start() for found in re.finditer(rb"PK\x01\x02", data)])
    at = entry + dice.choice([8, 10, 16, 20, 24, 28, 30, 42, 46])
    value = dice.choice([0, 1, 9, 100, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])
    return data[:at] + struct.pack("<L", value)[: dice.choice([2, 4])] + data[at + 4 :]


def _parts_changed(data: bytes, dice: random.Random) -> bytes:
    """A part is missing, there twice, under another name, or has another's content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        one, other = dice.choice(names), dice.choice(names)
        what = dice.choice(["drop", "double", "rename", "swap", "shuffle"])
        for name in dice.sample(names, len(names)) if what == "shuffle" else names:
            if what == "drop" and name == one:
                continue
            source = other if what == "swap" and name == one else name
            target = dice.choice(["../../x.xml", "XL/Workbook.xml", "xl\\a.xml", "/"]) if what == "rename" else name
            new.writestr(target if name == one else name, old.read(source))
            if what == "double" and name == one:
                new.writestr(name, old.read(other))
    return out.getvalue()


def _xml_of(*parts: str) -> Change:
    """One of these parts (of all, when none is named) is changed as XML."""

    def change(data: bytes, dice: random.Random) -> bytes:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        part = dice.choice([name for name in parts if name in names] or names)
        return with_part(data, part, lambda xml: dice.choice(XML_CHANGES)(xml, dice))

    return change


def _some(pattern: bytes) -> Change:
    """One to three of the places that match get something odd."""

    def change(xml: bytes, dice: random.Random) -> bytes:
        found = list(re.finditer(pattern, xml))
        chosen = dice.sample(found, min(len(found), dice.choice([1, 2, 3])))
        for place in sorted(chosen, key=re.Match.start, reverse=True):
            xml = xml[: place.start()] + dice.choice(ODD) + xml[place.end() :]
        return xml

    return change


def _element_changed(xml: bytes, dice: random.Random) -> bytes:
    """One element is missing, there many times, or stands elsewhere."""
    found = dice.choice(list(re.finditer(rb"<(\w+)[^>]*?(?:/>|>[^<]*</\1>)", xml)) or [re.match(b"", xml)])
    rest = xml[: found.start()] + xml[found.end() :]
    elsewhere = dice.randrange(len(rest) + 1)
    moved = rest[:elsewhere] + found[0] + rest[elsewhere:]
    return dice.choice(
        [rest, moved, xml[: found.end()] + found[0] * dice.choice([2, 300, 20_000]) + xml[found.end() :]]
    )


def _sheet_bent(xml: bytes, dice: random.Random) -> bytes:
    """What is special about sheets: their extent, merged cells, the kinds and styles of cells, shared strings."""
    odd, area = dice.choice(ODD), dice.choice([b"A1:A1", b"B3:A1", b"A1:XFD9", b"Z9:Z8"])
    kind, style = dice.choice([b"s", b"b", b"e", b"d", b"n", b"str", b"x"]), dice.choice([b"0", b"9999", b"-1"])
    bent: list[Callable[[], bytes]] = [
        lambda: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + odd + b'"', xml),
        lambda: re.sub(rb'(<mergeCell ref=")[^"]*', rb"\1" + area, xml),
        lambda: re.sub(rb' t="\w+"', b' t="' + kind + b'"', xml),
        lambda: re.sub(rb' s="\d+"', b' s="' + style + b'"', xml),
        lambda: re.sub(rb"<v>\d+</v>", b"<v>" + odd + b"</v>", xml, count=dice.choice([0, 1])),
        lambda: re.sub(rb"(<sheetData[^>]*>)", rb"\1" + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 3, xml),
        lambda: xml.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY lol "' + b"x" * 999 + b'">]>', 1),
    ]
    return dice.choice(bent)()


# Most leave well-formed XML, and so come further than the parser.
XML_CHANGES: list[Change] = [
    *[_some(rb'(?<==")[^"]*(?=")'), _some(rb"(?<=>)[^<>]+(?=<)"), _sheet_bent] * 4,
    *[_element_changed] * 2,
    _some(rb"</?[\w:]+"),
    _bytes_changed,
    _cut,
    lambda xml, dice: xml * dice.choice([2, 40]),
    lambda xml, dice: b"".join(sorted(re.findall(rb"<[^>]*>[^<]*", xml), key=lambda _: dice.random())),
]
XLSX_CHANGES: list[Change] = [
    *[_xml_of(SHEET)] * 9,
    *[_xml_of("xl/sharedStrings.xml"), _xml_of("xl/styles.xml")] * 2,
    _xml_of("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"),
    _xml_of(),
    _parts_changed,
    _directory_changed,
    _deflate_cut,
    _bytes_changed,
    _cut,
]
RAW_CHANGES: list[Change] = [_bytes_changed, _cut, _numbers_changed, _quotes_changed]
