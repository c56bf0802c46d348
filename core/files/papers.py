"""A small file that comes whole with a form and that somebody will look at: evidence, a scan (证明, 扫描件).

    found = look_into(upload, name, limit=20 * MB, kinds=(PDF, JPEG, PNG))   # before anything is locked
    with transaction.atomic():
        claim.file = keep_paper(upload, name, found, owner=by)

Readers are shown pictures of it, drawn by a job; the original is a download, once its check has passed.
"""

from collections.abc import Collection, Iterable
from typing import IO

from django.db.models import Prefetch, prefetch_related_objects

from core.accounts.models import User

from .derived.making import derive_later
from .derived.models import Derived
from .inspection.checking import remember
from .inspection.found import Found
from .inspection.inspecting import inspect
from .kinds import Kind
from .models import StoredFile
from .services import check_kind, keep, measure


def look_into(upload: IO[bytes], name: str, *, limit: int, kinds: Collection[Kind]) -> Found:
    """What a file is, looked into by a limited child, which may take seconds.

    upload: open and seekable. limit: bytes. Raises Refused (`file.*`) with a sentence that says how to put it right.
    """
    measure(upload, limit)
    check_kind(upload, name, kinds)
    return inspect(upload, name)


def keep_paper(upload: IO[bytes], name: str, found: Found, *, owner: User) -> StoredFile:
    """Keep a file that was looked into, in the transaction of its act; its pages are drawn by a job."""
    stored = keep(upload, name=name, owner=owner, limit=found.size, kinds=(found.kind,))
    remember(stored, found)
    derive_later(stored)
    return stored


def load_pages(files: Iterable[StoredFile | None]) -> None:
    """Let files know their check and their pictures, for a page that shows them: three queries, however many."""
    drawn = Prefetch("derived", Derived.objects.order_by("kind", "position"))
    prefetch_related_objects([file for file in files if file], "check_result", "derivation", drawn)
