"""Metadata cut to what is worth keeping. Read by the children: standard library only."""

import re
from collections.abc import Iterable

VALUE_LIMIT = 500  # characters of one value
VALUES_LIMIT = 100  # values of one file


def bounded(pairs: Iterable[tuple[object, object]]) -> dict[str, str]:
    """Names and values as plain text, empty ones left out."""
    kept: dict[str, str] = {}
    for name, value in pairs:
        words = text_of(value)[:VALUE_LIMIT]
        if words and len(kept) < VALUES_LIMIT:
            kept[text_of(name)[:80]] = words
    return kept


def text_of(value: object) -> str:
    """Whatever a library hands over, as one line. Windows writes its XP… tags in UTF-16."""
    if isinstance(value, bytes):
        wide = value.count(0) * 3 > len(value)
        value = value.decode("utf-16-le" if wide else "utf-8", "replace")
    elif isinstance(value, str) and not value.isascii():
        value = mended(value)
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


_GB2312 = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])+")


def mended(text: str) -> str:
    """Pillow reads EXIF's ASCII as Latin-1; cameras and editors write names there in UTF-8 or GB 2312."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return text  # it was read as what it is
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030") if _GB2312.fullmatch(raw) else text
