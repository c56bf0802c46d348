"""What is written is on the disk before anybody is told so."""

import errno
import os
from pathlib import Path

from django.conf import settings

CANNOT = {errno.EINVAL, errno.ENOTSUP}


def sync(descriptor: int) -> None:
    """Wait until an open file's bytes, or a folder's names, would survive a power cut."""
    if settings.FILES_SYNCED:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """The same for the names in a folder; not every file system can."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        sync(opened)
    except OSError as error:
        if error.errno not in CANNOT:
            raise
    finally:
        os.close(opened)
