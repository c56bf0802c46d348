"""Looks into a .docx, .pptx or .xlsx in a limited child: run by `inspecting` through `core.limited`, never imported.

Stops with what `zips` stops with, `macro`, `active` (what), `corrupt`. Formulas of MathType and the like are OLE
objects too and stay; a package with an unknown file in it does not.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from core.files.inspection.bounded import bounded
from core.files.inspection.zips import opened
from core.limited.child import Stop

XML = (".xml", ".rels", ".vml")
PART = 64 * 1024 * 1024  # bytes of one XML part
TEXTS = {
    "word": re.compile(r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml"),
    "ppt": re.compile(r"ppt/(slides/slide|notesSlides/notesSlide|comments/\w*)\d*\.xml"),
    "xl": re.compile(r"xl/sharedStrings\.xml"),
}
PAGES = re.compile(r"(?:ppt/slides/slide\d+|xl/worksheets/sheet\d+)\.xml")
PROPERTIES = re.compile(r"docProps/(core|app|custom)\.xml")
REMOTE = re.compile(r"(?i)(?:https?|ftp|mhtml|webdavs?):|[\\/]{2}|file:[\\/]{2,}(?![\\/]*[a-z]:)")
PULLED = ("attachedTemplate", "oleObject", "frame", "subDocument", "externalLinkPath", "control", "aFChunk")
SCHEMES = re.compile(r"(?i)\s*(?:javascript|vbscript|data|ms-\w+|search-ms|shell):")
DDE = re.compile(r"\bDDE(?:AUTO)?\b")
LAUNCHES = re.compile(rb'action="ppaction://(?:program|macro|ole)')
WIDE_PACKAGE, WIDE_MACRO = "Ole10Native".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")
OBJECTS = re.compile(rb'(?i)progid="(?:package|shell|html|scriptlet|shockwave|forms\.|outlookattach)')


def work(
    file: IO[bytes], folder: str, max_entries: int, max_inflated: int, max_ratio: int, text_limit: int
) -> dict[str, Any]:
    """Text, properties and the number of slides or sheets. folder: word, ppt or xl."""
    with opened(file, max_entries, max_inflated, max_ratio) as archive:
        names = [entry.filename for entry in archive.infolist()]
        texts: list[str] = []
        metadata: list[tuple[object, object]] = []
        for name in sorted(names, key=by_number):
            data = read(archive, name)
            check(name, data)
            if name.lower().endswith(XML) or name == "[Content_Types].xml":
                texts += words_of(data) if TEXTS[folder].fullmatch(name) else walked(data)
                if PROPERTIES.fullmatch(name):
                    metadata += leaves(data)
    text = "".join(texts)
    return {
        "pages": sum(bool(PAGES.fullmatch(name)) for name in names),
        "characters": len("".join(text.split())),
        "text": text[:text_limit],
        "metadata": bounded(metadata),
        "entries": len(names),
    }


def by_number(name: str) -> tuple[str, int]:
    """slide2 comes before slide10."""
    found = re.search(r"(\d+)\.xml$", name)
    return re.sub(r"\d+(?=\.xml$)", "", name), int(found[1]) if found else 0


def read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part to its end, so that one whose size or checksum lies is noticed; pictures and films only so far."""
    with archive.open(name) as part:
        data = part.read(PART)
        while part.read(1 << 20):
            pass
    return data


def check(name: str, data: bytes) -> None:
    """Refuse what runs or fetches."""
    low = name.lower()
    if "vbaproject" in low or "vbadata" in low or "/macrosheets/" in low or WIDE_MACRO in data:
        raise Stop("macro")
    if name == "[Content_Types].xml" and (b"macroEnabled" in data or b"vbaProject" in data):
        raise Stop("macro")
    if "activex" in low:
        raise Stop("active", what="ActiveX 控件")
    if low.endswith((".exe", ".scr", ".js", ".vbs", ".hta", ".bat", ".cmd", ".htm", ".html", ".mht", ".svgz", ".lnk")):
        raise Stop("active", what="程序或网页")
    if "/embeddings/" in low and (WIDE_PACKAGE in data or data[:4] in (b"MZ\x90\0", b"\x7fELF")):
        raise Stop("active", what="内嵌的文件包")
    if "/embeddings/" in low and data.startswith(b"PK") and (b"vbaProject" in data or b"macroEnabled" in data):
        raise Stop("macro")
    if low.endswith(".svg") and re.search(rb"(?i)<script|\son\w+\s*=|javascript:|<foreignobject", data):
        raise Stop("active", what="SVG 脚本")
    if low.endswith(XML):
        check_xml(name, data)


def check_xml(name: str, data: bytes) -> None:
    """The same for a part in XML."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    plain = data.decode("utf-16", "replace").encode() if wide else data
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Stop("active", what="外部实体")
    if OBJECTS.search(plain):
        raise Stop("active", what="内嵌的文件包")
    if LAUNCHES.search(plain):
        raise Stop("active", what="启动程序的按钮")
    if name.endswith(".rels"):
        for kind, target in links(data):
            if SCHEMES.match(target) or (kind in PULLED and REMOTE.match(target)):
                raise Stop("active", what="会自动打开外部文件的链接")
    if b"instrText" in plain or b"fldSimple" in plain or b"ddeLink" in plain:
        fields = "".join(instructions(data))
        if DDE.search(fields) or b"<ddeLink" in plain or b":ddeLink" in plain:
            raise Stop("active", what="DDE 命令")


def links(data: bytes) -> Iterator[tuple[str, str]]:
    """(last word of its type, target) of each outside relationship."""
    found: list[tuple[str, str]] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if local(tag) == "Relationship" and given.get("TargetMode") == "External":
            found.append((given.get("Type", "").rpartition("/")[2], given.get("Target", "")))

    parsed(data, start=start)
    return iter(found)


def instructions(data: bytes) -> list[str]:
    """What the fields of a document do; Word cuts them into runs as it likes."""
    found: list[str] = []
    inside = [False]

    def start(tag: str, given: dict[str, str]) -> None:
        inside[0] = local(tag) == "instrText"
        found.extend(f" {value} " for name, value in given.items() if local(name) == "instr")

    def words(text: str) -> None:
        if inside[0]:
            found.append(text)

    def end(tag: str) -> None:
        inside[0] = False

    parsed(data, start=start, words=words, end=end)
    return found


def words_of(data: bytes) -> list[str]:
    """The text of a part: every `t`, a line for every paragraph or cell."""
    found: list[str] = []
    inside = [False]

    def start(tag: str, given: dict[str, str]) -> None:
        inside[0] = local(tag) == "t"

    def words(text: str) -> None:
        if inside[0]:
            found.append(text)

    def end(tag: str) -> None:
        inside[0] = False
        if local(tag) in ("p", "si"):
            found.append("\n")

    parsed(data, start=start, words=words, end=end)
    return found


def leaves(data: bytes) -> list[tuple[object, object]]:
    """(name, text) of every element of the document's properties; a custom one by its own name."""
    found: list[tuple[object, object]] = []
    state = {"tag": "", "name": "", "text": ""}

    def start(tag: str, given: dict[str, str]) -> None:
        state.update(tag=local(tag), text="")
        if local(tag) == "property":
            state["name"] = given.get("name", "")

    def words(text: str) -> None:
        state["text"] += text

    def end(tag: str) -> None:
        if state["text"].strip():
            found.append((state["name"] or state["tag"], state["text"]))
        state.update(text="")

    parsed(data, start=start, words=words, end=end)
    return found


def walked(data: bytes) -> list[str]:
    """Nothing, of a part that is well formed."""
    parsed(data)
    return []


def parsed(data: bytes, start: Any = None, words: Any = None, end: Any = None) -> None:
    """Run through an XML part. expat fetches nothing and refuses entity bombs."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, words, end
    parser.Parse(data, True)


def local(name: str) -> str:
    """An XML name without its prefix."""
    return name.rpartition(":")[2]
