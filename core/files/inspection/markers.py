"""Signs of one format inside another. Read by the children: standard library only."""

from collections.abc import Iterator
from typing import IO

CHUNK = 1 << 20
# Long enough not to turn up by chance in a film of 500 MB.
MARKUP = (b"<script", b"<iframe", b"<!doctype", b"<html>", b"<html ", b"javascript:")
OTHERS = (b"%PDF-1", b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x7fELF", b"This program cannot be run")
_END_OF_ZIP = b"PK\x05\x06"


def markup_in(file: IO[bytes], start: int = 0) -> bool:
    """Whether anything a browser would run as a page stands in the file from `start` on."""
    return _contains(file, start, MARKUP)


def foreign_in(file: IO[bytes], start: int) -> bool:
    """Whether another format begins behind the end of the first one."""
    return _contains(file, start, OTHERS) or markup_in(file, start)


def head_is_pdf(file: IO[bytes]) -> bool:
    """PDF readers look for their signature anywhere in the first 1024 bytes."""
    file.seek(0)
    return b"%PDF-" in file.read(1024)


def ends_as_zip(file: IO[bytes], size: int) -> bool:
    """Whether a zip's directory stands at the end, as programs that open zips look for it."""
    start = max(0, size - 66_000)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or len(tail) - at < 22:
        return False
    directory = start + at - int.from_bytes(tail[at + 12 : at + 16], "little")
    if directory < 0:
        return False
    file.seek(directory)
    return file.read(4) in (b"PK\x01\x02", _END_OF_ZIP)


def _contains(file: IO[bytes], start: int, signs: tuple[bytes, ...]) -> bool:
    wanted = [sign.lower() for sign in signs]
    return any(sign in part for part in _parts(file, start) for sign in wanted)


def _parts(file: IO[bytes], start: int) -> Iterator[bytes]:
    """The file in small letters, in stretches that overlap."""
    file.seek(start)
    kept = b""
    while chunk := file.read(CHUNK):
        yield (kept + chunk).lower()
        kept = chunk[-32:]
