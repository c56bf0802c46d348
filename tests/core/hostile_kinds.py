"""Hostile archives, pictures and films; `hostile_files` has the rest and gives them all."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from tests.core import good_files as good


class Hostile(NamedTuple):
    """A file that means harm: what it is called, what it holds, what it tries."""

    name: str
    content: bytes
    why: str


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def encrypted(content: bytes) -> bytes:
    """A zip that says its entries are encrypted."""
    data = bytearray(content)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(sign, at + 4)
    return bytes(data)


def archives() -> Iterator[Hostile]:
    """Bombs, overlaps, odd names, archives in archives, programs."""
    for inner in ("a.zip", "b.rar", "c.7z", "d.tar.gz", "e.tar", "f.jar", "g.apk", "h.ZIP", "i.zip ", "目录/j.iso"):
        yield Hostile("源码.zip", good.archive({inner: b"x"}), f"nested by name {inner}")
    for head in (good.archive(), b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0"):
        yield Hostile("源码.zip", good.archive({"readme.txt": head}), "nested by content")
    for program in ("a.exe", "b.scr", "c.lnk", "d.hta", "e.msi", "f.EXE", "g.vbs", "h.dll"):
        yield Hostile("源码.zip", good.archive({program: b"x"}), f"program by name {program}")
    for head in (b"MZ\x90\0", b"\x7fELF\x02"):
        yield Hostile("源码.zip", good.archive({"app.js": head}), "program by content")
    for name in ("../a", "/etc/a", "C:/a", "a/../../b", "..\\a", "\\\\h\\a", "a\nb", "a\x00b/../c"):
        yield Hostile("源码.zip", named(name), f"name {name!r}")
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    yield Hostile("源码.zip", packed([(link, b"/etc/passwd")]), "symbolic link")
    yield Hostile("源码.zip", good.archive({"a.bin": bytes(80 * 1024 * 1024)}), "bomb")
    yield Hostile("源码.zip", overlapping(40), "overlapping entries")
    yield Hostile("源码.zip", overlapping(4000, 1 << 20), "overlapping bomb")
    yield Hostile("源码.zip", lying(), "declared bomb")
    yield Hostile("源码.zip", packed([(zipfile.ZipInfo(f"{n}.txt"), b"") for n in range(10_001)]), "too many")
    yield Hostile("源码.zip", packed([(zipfile.ZipInfo("a"), b"1"), (zipfile.ZipInfo("A"), b"2")]), "two of one name")
    yield Hostile("源码.zip", encrypted(good.archive()), "encrypted")
    whole = good.archive()
    yield Hostile("源码.zip", whole[:-10], "cut off")
    yield Hostile("源码.zip", whole[: len(whole) // 2], "half")
    yield Hostile("源码.zip", whole.replace(b"app.js", b"../a.s", 1), "two names for one entry")
    yield Hostile("源码.zip", b"PK\x03\x04" + bytes(100), "signature alone")


def packed(entries: list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
    return out.getvalue()


def named(name: str) -> bytes:
    """A zip with one entry of a name that zipfile would not write."""
    plain = "n" * len(name.encode())
    return good.archive({plain: "x"}, zipfile.ZIP_STORED).replace(plain.encode(), name.encode())


def overlapping(count: int, size: int = 1000) -> bytes:
    """Many directory entries for one stretch of bytes (David Fifield's bomb in its plainest form)."""
    one = good.archive({"a.txt": bytes(size)})
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = one[at:end] * count
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
    return one[:at] + directory + tail


def lying() -> bytes:
    """A directory that says 3 GB."""
    data = bytearray(good.archive({"a.bin": bytes(1000)}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (3 << 30).to_bytes(4, "little")
    return bytes(data)


def pictures() -> Iterator[Hostile]:
    """Bombs and torsos."""
    png, jpeg = good.png(64, 64), good.jpeg(64, 64)
    for width, height in ((50_000, 50_000), (1, 2**31 - 1), (2**31 - 1, 1), (20_000, 6_000), (100_000, 1_001)):
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        row = zlib.compress(bytes(100_000), 9)
        body = chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")
        yield Hostile("图.png", png[:8] + body, f"{width}×{height}")
    at = jpeg.index(b"\xff\xc0") + 5
    for sides in (b"\xff\xff\xff\xff", b"\x80\x00\x80\x00"):
        yield Hostile("图.jpg", jpeg[:at] + sides + jpeg[at + 4 :], "huge JPEG")
    for share in (0.2, 0.5, 0.9, 0.99):
        yield Hostile("图.png", png[: int(len(png) * share)], f"{share} of a PNG")
        yield Hostile("图.jpg", jpeg[: int(len(jpeg) * share)], f"{share} of a JPEG")
    text = zlib.compress(bytes(80 * 1024 * 1024), 9)
    yield Hostile("图.png", png[:33] + chunk(b"zTXt", b"a\0\0" + text) + png[33:], "text bomb")
    profile = chunk(b"iCCP", b"a\0\0" + text)
    yield Hostile("图.png", png[:33] + profile + png[33:-12][:200], "profile bomb, cut off")
    yield Hostile("图.png", png[:29] + b"\0\0\0\0" + png[33:], "wrong checksum")


def films() -> Iterator[Hostile]:
    """Torsos, lying headers, other formats."""
    film, fast = good.film(), good.film(faststart=True)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        yield Hostile("片.mp4", film[: int(len(film) * share)], f"{share} of a film")
        yield Hostile("片.mp4", fast[: int(len(fast) * share)], f"{share} of a film, header first")
    for seconds in (0, 1, 60, 300, 3600, 2**31):
        yield Hostile("片.mp4", said(film, seconds), f"header says {seconds} s")
    yield Hostile("片.mp4", film[:32], "signature alone")
    yield Hostile("片.mp4", film.replace(b"mdat", b"free", 1), "no content")
    yield Hostile("片.mp4", film.replace(b"moov", b"free", 1), "no header")
    at = film.index(b"mdat") + 4
    yield Hostile(
        "片.mp4", film[:at] + bytes(len(film[at:]) // 2) + film[at + len(film[at:]) // 2 :], "zeros for pictures"
    )
    yield Hostile("片.mp4", b"\x1aE\xdf\xa3" + bytes(100), "webm")
    yield Hostile("片.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "playlist")
    yield Hostile("片.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "concat list")
    yield Hostile("片.mp4", b"RIFF\0\0\0\0AVI " + bytes(100), "avi")
    yield Hostile("声.mp3", b"\xff\xfb\x90\x00" + bytes(50), "signature alone")
    yield Hostile("声.mp3", b"ID3\x03\0\0\0\0\0\x0a" + bytes(4000), "empty tag")


def said(film: bytes, seconds: int) -> bytes:
    """The same film with another length in its header."""
    at = film.index(b"mvhd") + 4
    scale = int.from_bytes(film[at + 12 : at + 16], "big")
    length = min(seconds * scale, 2**32 - 2)
    return film[: at + 16] + length.to_bytes(4, "big") + film[at + 20 :]
