"""What is written is on the disk before anybody is told so."""

import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings


def sync(descriptor: int) -> None:
    """Wait until an open file's bytes, or a folder's names, would survive a power cut."""
    if settings.FILES_SYNCED:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """The same for the names in a folder; not every file system can."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            sync(opened)
        finally:
            os.close(opened)
