"""What judges see of things that are no works (service records): read by the app they come from, at each look.

A key says where a thing comes from: `record-12`. Its app registers a reader for the part before the dash; nothing is
copied, so what is corrected or deleted there is so here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from .models import Candidate


@dataclass(frozen=True)
class Content:
    """Texts with their labels, and files with theirs; a file is None once it was deleted."""

    texts: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, UUID | None]] = ()


Reader = Callable[[Candidate, bool], Content]  # (what, whether names must be hidden)
_READERS: dict[str, Reader] = {}


def reads(kind: str) -> Callable[[Reader], Reader]:
    """Register the reader of a kind of thing."""

    def register(reader: Reader) -> Reader:
        _READERS[kind] = reader
        return reader

    return register


def content_of(candidate: Candidate, *, blind: bool) -> Content:
    """What there is to see; its title alone where nobody reads it."""
    reader = _READERS.get(candidate.key.partition("-")[0])
    return reader(candidate, blind) if reader else Content([("名称", candidate.title)])
