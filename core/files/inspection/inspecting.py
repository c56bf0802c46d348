"""A file → what it is, or a refusal that names the way out."""

import io
from pathlib import Path, PurePath
from typing import IO, NamedTuple

from core.limited.running import MB, Limits, Stopped, run

from ..kinds import (
    DOCX,
    GIF,
    HEAD,
    JPEG,
    MOV,
    MP3,
    MP4,
    OLD_OFFICE,
    PDF,
    PNG,
    PPTX,
    TEXT,
    UNKNOWN,
    WEBP,
    XLSX,
    ZIP,
    Kind,
    kind_of,
)
from ..services import safe_name
from .found import NAMES_LIMIT, TEXT_LIMIT, Found
from .refusals import refusal

MAX_PIXELS = 100_000_000  # of a picture
MAX_FRAME = 40_000_000  # pixels of a film's frame: 8K is 33 million
MAX_PAGES = 1000
MAX_CHARACTERS = 1_000_000  # counted in a PDF
MAX_ENTRIES = 10_000
MAX_INFLATED = 1024 * MB
MAX_OFFICE_INFLATED = 400 * MB
MAX_RATIO = 100

_HERE = Path(__file__).parent


class Child(NamedTuple):
    """How one kind is looked into."""

    script: str
    limits: Limits
    arguments: tuple[object, ...]


def _office(folder: str) -> Child:
    limits = Limits(cpu=40, wall=90, memory=768 * MB, output=4 * MB)
    return Child("office_child", limits, (folder, 5000, MAX_OFFICE_INFLATED, MAX_RATIO, TEXT_LIMIT))


_PICTURE = Child("image_child", Limits(cpu=20, wall=60, memory=1280 * MB, output=MB), (MAX_PIXELS,))
_FILM = Child("video_child", Limits(cpu=60, wall=150, memory=1280 * MB, output=MB), ("mov", MAX_FRAME))
CHILDREN: dict[Kind, Child] = {
    **dict.fromkeys((PNG, JPEG, GIF, WEBP), _PICTURE),
    **dict.fromkeys((MP4, MOV), _FILM),
    MP3: Child("video_child", _FILM.limits, ("mp3", MAX_FRAME)),
    PDF: Child(
        "pdf_child",
        Limits(cpu=60, wall=150, memory=1280 * MB, output=4 * MB),
        (MAX_PAGES, TEXT_LIMIT, MAX_CHARACTERS),
    ),
    DOCX: _office("word"),
    PPTX: _office("ppt"),
    XLSX: _office("xl"),
    ZIP: Child(
        "archive_child",
        Limits(cpu=30, wall=90, memory=512 * MB, output=4 * MB),
        (MAX_ENTRIES, MAX_INFLATED, MAX_RATIO, NAMES_LIMIT),
    ),
    TEXT: Child("text_child", Limits(cpu=30, wall=60, memory=512 * MB, output=4 * MB), (TEXT_LIMIT,)),
}
# What people send that is none of ours, for a sentence that says so.
_KNOWN = (
    (4, b"ftyphei", "是苹果的 HEIC 图片，很多电脑打不开。请在手机设置里改为“兼容性最佳”，或另存为 JPG"),
    (4, b"ftypmif1", "是苹果的 HEIC 图片，很多电脑打不开。请在手机设置里改为“兼容性最佳”，或另存为 JPG"),
    (4, b"ftyp3g", "是 3GP 视频。请用剪映等软件重新导出为 MP4（H.264）"),
    (0, b"\x1aE\xdf\xa3", "是 MKV 或 WebM 视频。请用剪映等软件重新导出为 MP4（H.264）"),
    (0, b"FLV", "是 FLV 视频。请用剪映等软件重新导出为 MP4（H.264）"),
    (8, b"AVI ", "是 AVI 视频。请用剪映等软件重新导出为 MP4（H.264）"),
    (0, b"\x30\x26\xb2\x75", "是 WMV 视频。请用剪映等软件重新导出为 MP4（H.264）"),
    (0, b"Rar!", "是 RAR 压缩包。请解压后重新压缩成 .zip"),
    (0, b"7z\xbc\xaf", "是 7z 压缩包。请解压后重新压缩成 .zip"),
    (0, b"\x1f\x8b", "是 GZ 压缩包。请解压后重新压缩成 .zip"),
    (0, b"BM", "是 BMP 图片。请另存为 PNG 或 JPG"),
    (0, b"II*\0", "是 TIFF 图片。请另存为 PNG 或 JPG"),
    (0, b"MM\0*", "是 TIFF 图片。请另存为 PNG 或 JPG"),
    (0, b"8BPS", "是 Photoshop 文件。请导出为 PNG 或 JPG"),
    (0, b"MZ", "是程序，不能接收"),
    (0, b"\x7fELF", "是程序，不能接收"),
)
_PAGES = (b"<html", b"<svg", b"<!doctype", b"<script", b"<?xml", b"<body", b"<iframe", b"<img", b"<a ", b"<math", b"<x")


def inspect(source: Path | IO[bytes], name: str) -> Found:
    """Look inside a file. source: a path, or an open and seekable file (left at any position).

    name: as the user sent it; its extension must suit the content. Memory stays flat, whatever the size.
    Raises Refused with one Problem that names the file, `file.<code>`: see `refusals.WORDS`.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return inspect(file, name)
    name = safe_name(name)
    ending = PurePath(name).suffix.lower()
    size = source.seek(0, io.SEEK_END) or source.tell()
    if size == 0:
        raise refusal("empty", name)
    kind = kind_of(source)
    if kind not in CHILDREN:
        kind = _text_or_refused(source, kind, name)
    if ending not in kind.extensions:
        facts = {"label": kind.label, "ending": ending or "没有扩展名", "wanted": kind.extensions[0]}
        raise refusal("extension", name, kind, facts)
    child = CHILDREN[kind]
    try:
        facts = run(_HERE / f"{child.script}.py", source, child.limits, *child.arguments)
    except Stopped as stopped:
        raise refusal(stopped.code, name, kind, stopped.facts) from stopped
    return Found.loaded(
        {"metadata": {}, "names": (), **facts, "kind": kind.content_type, "size": size, "extension": ending}
    )


def _text_or_refused(file: IO[bytes], kind: Kind, name: str) -> Kind:
    """A text that holds a `<` but no page; whatever else nobody looks into is refused."""
    if kind is OLD_OFFICE:
        raise refusal(_ole_code(file), name)
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK"):
        raise refusal("corrupt", name, ZIP)
    for offset, signature, what in _KNOWN:
        if head.startswith(signature, offset):
            raise refusal("unknown", name, UNKNOWN, {"what": what})
    small = head.replace(b"\0", b"").lower()
    if any(sign in small for sign in _PAGES):
        raise refusal("markup", name)
    if PurePath(name).suffix.lower() not in TEXT.extensions:
        raise refusal("unknown", name, UNKNOWN, {"what": "的内容不是可以接收的类型，或者已损坏"})
    return TEXT


def _ole_code(file: IO[bytes]) -> str:
    """Why an OLE file is refused: a password, macros, or its age alone."""
    signs: tuple[tuple[bytes, str], ...] = (
        ("EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("_VBA_PROJECT".encode("utf-16-le"), "macro"),
    )
    file.seek(0)
    data = file.read(20 * MB)
    return next((code for sign, code in signs if sign in data), "old_office")
