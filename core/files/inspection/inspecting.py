"""A file → what it is, or a refusal that names the way out."""

from pathlib import Path
from typing import IO

from .found import Found


def inspect(source: Path | IO[bytes], name: str) -> Found:
    """Look inside a file. source: a path, or an open and seekable file (left at any position).

    name: as the user sent it; its extension must suit the content. Memory stays flat, whatever the size.
    Raises Refused with one Problem that names the file, `file.<code>`: empty, unknown, markup, extension, old_office,
    macro, active, encrypted, corrupt, truncated, wrong_duration, polyglot, nested, overlapping, bomb, unsafe_name,
    program, too_many_entries, too_many_pixels, too_many_pages, too_heavy.
    """
    raise NotImplementedError
