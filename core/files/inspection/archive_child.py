"""Lists an archive in a limited child: run by `inspecting` through `core.limited`, never imported.

Nothing is unpacked but the first bytes of each entry, which tell an archive or a program from a source file. Stops
with what `zips` stops with, `nested` (name), `program` (name).
"""

import zipfile
from typing import IO, Any

from core.files.inspection.zips import name_of, opened
from core.limited.child import Stop

ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".jar", ".apk", ".war", ".iso", ".cab", ".zst")
PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
    b"\x28\xb5\x2f\xfd",
)
OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")  # zips inside, and never unpacked as such
PROGRAMS = (
    ".exe",
    ".scr",
    ".com",
    ".pif",
    ".msi",
    ".lnk",
    ".hta",
    ".dll",
    ".sys",
    ".cpl",
    ".vbs",
    ".vbe",
    ".jse",
    ".wsf",
)
RUNS = (b"MZ\x90\0", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def work(file: IO[bytes], max_entries: int, max_inflated: int, max_ratio: int, max_names: int) -> dict[str, Any]:
    """Number, size and names of the entries."""
    with opened(file, max_entries, max_inflated, max_ratio) as archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in files:
            check(archive, entry)
    return {
        "entries": len(files),
        "inflated": sum(entry.file_size for entry in files),
        "names": [name_of(entry)[:200] for entry in files[:max_names]],
    }


def check(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse an archive or a program inside."""
    name = name_of(entry)
    with archive.open(entry) as content:
        head = content.read(8)
    ending = name.lower().rstrip(". ")
    if ending.endswith(ARCHIVES) or (head.startswith(PACKED) and not ending.endswith(OFFICE)):
        raise Stop("nested", name=name[:100])
    if ending.endswith(PROGRAMS) or head.startswith(RUNS):
        raise Stop("program", name=name[:100])
