"""The boxes of an MP4 or MOV, without decoding anything. Read by the children: standard library only."""

from collections.abc import Iterator
from typing import IO, NamedTuple

MOST = 100_000  # top-level boxes; a fragmented film has two a second


class Box(NamedTuple):
    """One box: its type, where its content begins and where it ends."""

    kind: bytes
    start: int
    end: int


class Broken(Exception):
    """A box reaches beyond the file or its parent (`truncated`), or something else stands between (`polyglot`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def boxes(file: IO[bytes], start: int, end: int) -> Iterator[Box]:
    """The boxes of a stretch of the file, one after the other. Raises Broken."""
    for _ in range(MOST):
        if end - start < 8:
            break
        file.seek(start)
        head = file.read(16)
        size, kind, used = int.from_bytes(head[:4], "big"), head[4:8], 8
        if not all(32 <= byte < 127 or byte == 0xA9 for byte in kind):
            if kind == b"\0\0\0\0" and size == 0:
                return  # a terminator or padding
            raise Broken("polyglot")
        if size == 1:
            size, used = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < used:
            raise Broken("corrupt")
        if start + size > end:
            raise Broken("truncated")
        yield Box(kind, start + used, start + size)
        start += size
    if start < end:
        file.seek(start)
        if file.read(8).strip(b"\0"):
            raise Broken("polyglot")


def film_seconds(file: IO[bytes], size: int) -> tuple[float, bool]:
    """(what the header says is the length, 0 when it says nothing; whether the film comes in fragments).

    Raises Broken: a film without a header or without content was cut off.
    """
    tops = list(boxes(file, 0, size))
    kinds = {box.kind for box in tops}
    header = next((box for box in tops if box.kind == b"moov"), None)
    if header is None or not kinds & {b"mdat", b"moof"}:
        raise Broken("truncated")
    film = next((box for box in boxes(file, header.start, header.end) if box.kind == b"mvhd"), None)
    if film is None:
        raise Broken("corrupt")
    file.seek(film.start)
    data = file.read(32)
    long = data[0] == 1
    scale = int.from_bytes(data[20:24] if long else data[12:16], "big")
    length = int.from_bytes(data[24:32] if long else data[16:20], "big")
    unknown = length in (0, 2**32 - 1, 2**64 - 1) or not scale
    return (0.0 if unknown else length / scale), b"moof" in kinds
