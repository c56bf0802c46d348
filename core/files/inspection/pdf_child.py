"""Looks into a PDF in a limited child: run by `inspecting` through `core.limited`, never imported.

Stops with `encrypted`, `corrupt`, `active` (what), `too_many_pages` (pages), `polyglot`. What a PDF may do is told by
its actions: going to a page or to a web address is harmless; scripts, programs, forms that send, other files are not.
"""

import io
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, cast

import pikepdf
import pypdfium2

from core.files.inspection.bounded import bounded
from core.files.inspection.markers import ends_as_zip, foreign_in, markup_in
from core.limited.child import Stop

DEPTH = 60  # of one object's own dictionaries and lists
ACTIONS = {
    "/JavaScript": "脚本",
    "/Launch": "启动程序的动作",
    "/SubmitForm": "提交表单的动作",
    "/ImportData": "导入数据的动作",
    "/GoToE": "打开内嵌文件的动作",
    "/GoToR": "打开其他文件的动作",
    "/RichMediaExecute": "多媒体",
    "/Rendition": "多媒体",
}
KINDS = {"/RichMedia": "多媒体", "/Screen": "多媒体", "/Movie": "多媒体", "/Sound": "多媒体", "/FileAttachment": "附件"}
KEYS = {"/JS": "脚本", "/JavaScript": "脚本", "/XFA": "XFA 表单", "/RichMediaContent": "多媒体"}


def work(file: IO[bytes], max_pages: int, text_limit: int, read_limit: int) -> dict[str, Any]:
    """Pages, text and properties."""
    size = file.seek(0, io.SEEK_END)
    if ends_as_zip(file, size) or head_is_markup(file) or foreign_in(file, end_of(file, size)):
        raise Stop("polyglot")
    file.seek(0)
    with opened(file) as document:
        pages = len(document.pages)
        if pages > max_pages:
            raise Stop("too_many_pages", pages=pages)
        if pages == 0:
            raise Stop("corrupt")
        for thing in document.objects:
            for what in dangers(thing, 0):
                raise Stop("active", what=what)
        metadata = bounded(properties(document))
    text, characters = text_of(file, text_limit, read_limit)
    return {"pages": pages, "characters": characters, "text": text, "metadata": metadata}


def opened(file: IO[bytes]) -> pikepdf.Pdf:
    """The document; one that only forbids printing opens without a password."""
    try:
        return pikepdf.open(cast(BinaryIO, file), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Stop("encrypted") from error


def dangers(thing: Any, depth: int) -> Iterator[str]:
    """What an object would do to whoever opens the file, its direct parts included."""
    if depth > DEPTH:
        yield "过深的结构"
    elif isinstance(thing, pikepdf.Array):
        for part in thing:
            if is_part(part):
                yield from dangers(part, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield from dangers_of(thing, depth)


def dangers_of(thing: Any, depth: int) -> Iterator[str]:
    """The same of a dictionary, or of a stream's."""
    action, kind = str(thing.get("/S", "")), str(thing.get("/Subtype", ""))
    if action in ACTIONS:
        yield ACTIONS[action]
    if kind in KINDS and "/Rect" in thing:
        yield KINDS[kind]
    for key, value in thing.items():
        if key in KEYS:
            yield KEYS[key]
        elif key == "/EmbeddedFiles" or (key == "/EF" and isinstance(value, pikepdf.Dictionary)):
            yield "附件"
        elif key == "/URI" and str(value).strip().lower().startswith(("javascript:", "file:", "data:", "vbscript:")):
            yield "脚本链接"
        elif is_part(value):
            yield from dangers(value, depth + 1)


def is_part(value: Any) -> bool:
    """Whether a value belongs to its parent alone; what is referred to is looked at by itself."""
    return isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect


def properties(document: pikepdf.Pdf) -> Iterator[tuple[object, object]]:
    """The information dictionary, and the XMP as it stands (AI labels are written there)."""
    for name, value in document.docinfo.items():
        yield name.lstrip("/"), str(value)
    if isinstance(xmp := document.Root.get("/Metadata"), pikepdf.Stream):
        yield "xmp", xmp.read_bytes()[:100_000]


def text_of(file: IO[bytes], text_limit: int, read_limit: int) -> tuple[str, int]:
    """(the beginning of the text, characters without blanks); reading stops at a limit."""
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise Stop("corrupt") from error
    kept, length, characters = [], 0, 0
    for page in document:
        words = page.get_textpage().get_text_bounded()
        characters += len("".join(words.split()))
        if length < text_limit:
            kept.append(words[: text_limit - length])
            length += len(kept[-1])
        page.close()
        if characters > read_limit:
            break
    return "\n".join(kept)[:text_limit], characters


def end_of(file: IO[bytes], size: int) -> int:
    """Behind the last %%EOF; the whole file when it has none near its end."""
    start = max(0, size - 65_536)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"%%EOF")
    return size if at < 0 else start + at + 5


def head_is_markup(file: IO[bytes]) -> bool:
    """HTML with a PDF's first line in front."""
    file.seek(0)
    return markup_in(io.BytesIO(file.read(2048)))
