"""Reads a plain text or CSV in a limited child: run by `inspecting` through `core.limited`, never imported.

Stops with `encoding`, `markup`, `active` (what) for cells that a spreadsheet program would run.
"""

import codecs
import re
from collections.abc import Iterator
from typing import IO, Any

from core.files.inspection.markers import markup_in
from core.limited.child import Stop

CHUNK = 1 << 20
# A cell that starts a program by DDE, or sends what it reads to an address.
COMMAND = re.compile(
    r"""(?im)(?:^|[,;\t"'])\s*[=+\-@][^,\n]{0,200}(?:\|[^,\n]{0,200}!|\b(?:hyperlink|webservice|importxml)\s*\()"""
)


def work(file: IO[bytes], text_limit: int) -> dict[str, Any]:
    """Text in UTF-8 or GB18030 without control characters."""
    if markup_in(file):
        raise Stop("markup")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return measured(decoded(file, encoding), text_limit)
        except UnicodeDecodeError:
            continue
    raise Stop("encoding")


def decoded(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The file piece by piece."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def measured(pieces: Iterator[str], text_limit: int) -> dict[str, Any]:
    """Characters and beginning of a text."""
    kept, characters, rest = "", 0, ""
    for piece in pieces:
        if any(ord(c) < 32 and c not in "\t\n\r\f" for c in piece):
            raise Stop("encoding")
        if COMMAND.search(rest + piece):
            raise Stop("active", what="会执行命令的单元格")
        characters += len("".join(piece.split()))
        kept += piece[: max(0, text_limit - len(kept))]
        rest = piece[-500:]
    return {"characters": characters, "text": kept}
