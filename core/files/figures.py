"""What the organiser's cockpit says of storage: bytes by kind of file, and how much room is left."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models import Count, Sum

from .kinds import BY_CONTENT_TYPE, UNKNOWN
from .models import StoredFile


@dataclass(frozen=True)
class KindSize:
    """Files of one kind."""

    label: str
    files: int
    bytes: int


def sizes() -> list[KindSize]:
    """By kind, the largest first; one statement."""
    found: dict[str, list[int]] = {}
    counted = StoredFile.objects.order_by().values_list("content_type").annotate(Count("pk"), Sum("size"))
    for content_type, files, size in counted:
        total = found.setdefault(BY_CONTENT_TYPE.get(content_type, UNKNOWN).label, [0, 0])
        total[0] += files
        total[1] += size
    kinds = [KindSize(label, files, size) for label, (files, size) in found.items()]
    return sorted(kinds, key=lambda kind: (-kind.bytes, kind.label))


def room() -> tuple[int, int] | None:
    """(free, whole) bytes of the disk that the files lie on; None where they lie in an object store."""
    if not isinstance(default_storage, FileSystemStorage):
        return None
    folder = Path(default_storage.location)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
