"""A zip by its directory: bombs, overlaps, lies and odd names. Read by the children: standard library only."""

import io
import stat
import zipfile
from typing import IO

from core.limited.child import Stop

MB = 1024 * 1024
HEADER = 30  # bytes of a local header before the name
FREE_RATIO = 50 * MB  # what unpacks to less is no bomb, however well it packs


def opened(file: IO[bytes], max_entries: int, max_inflated: int, max_ratio: int) -> zipfile.ZipFile:
    """The archive, when its directory is sound.

    Stops with `corrupt`, `encrypted`, `too_many_entries` (entries), `bomb` (inflated), `overlapping`, `unsafe_name`
    (name), `polyglot` (bytes before or behind the archive).
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    archive = zipfile.ZipFile(file)
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if len(entries) > max_entries:
        raise Stop("too_many_entries", entries=len(entries))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Stop("encrypted")
    inflated = sum(entry.file_size for entry in entries)
    if inflated > max_inflated or (inflated > FREE_RATIO and inflated > max_ratio * size):
        raise Stop("bomb", inflated=inflated // MB)
    if not entries:
        raise Stop("corrupt")
    check_places(file, archive, entries)
    check_ends(file, archive, entries, size)
    for entry in entries:
        if is_unsafe(entry):
            raise Stop("unsafe_name", name=name_of(entry)[:100])
    return archive


def check_places(file: IO[bytes], archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """No two entries share bytes or a name, and each says the same of itself as the directory does."""
    starts = [entry.header_offset for entry in entries[1:]] + [archive.start_dir]
    for entry, limit in zip(entries, starts, strict=True):
        file.seek(entry.header_offset)
        head = file.read(HEADER)
        if head[:4] != b"PK\x03\x04" or len(head) < HEADER:
            raise Stop("corrupt")
        name, extra = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        if entry.header_offset + HEADER + name + extra + entry.compress_size > limit:
            raise Stop("overlapping")
        if int.from_bytes(head[8:10], "little") != entry.compress_type:
            raise Stop("corrupt")
        if file.read(name) != raw_name(entry):
            raise Stop("corrupt")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Stop("overlapping")


def check_ends(file: IO[bytes], archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    """The archive begins with its first entry and ends with its directory and comment."""
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    behind = len(tail) - at - 22 - len(archive.comment)
    if entries[0].header_offset or behind or b"<script" in archive.comment.lower():
        raise Stop("polyglot")


def raw_name(entry: zipfile.ZipInfo) -> bytes:
    """A name as it stands in the file."""
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437", "replace")


def name_of(entry: zipfile.ZipInfo) -> str:
    """A name as people see it: Chinese Windows writes GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def is_unsafe(entry: zipfile.ZipInfo) -> bool:
    """A name that would be written elsewhere, or a link that points elsewhere."""
    name = name_of(entry)
    parts = name.replace("\\", "/").split("/")
    if stat.S_ISLNK(entry.external_attr >> 16) or "\0" in entry.orig_filename:  # Python cuts a name at its NUL
        return True
    return not name or name[0] in "/\\" or ".." in parts or name[1:2] == ":" or any(ord(c) < 32 for c in name)
