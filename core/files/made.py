"""A file that the portal made itself: under its own hash, whole or not there, the same bytes once.

Written to a temporary file, synced, renamed to its SHA-256; then the row, in the caller's transaction. Whoever is
killed between leaves bytes that the next run finds again, and nothing half.
"""

import hashlib
import io
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage

from core.problems import Problem, Refused

from .disk import sync, sync_folder
from .kinds import Kind
from .models import StoredFile
from .services import CHUNK, FULL

_LEFT = 3600  # seconds after which a temporary file is nobody's any more


def keep_made(content: bytes | IO[bytes], *, name: str, kind: Kind, folder: str) -> StoredFile:
    """Keep it and its row. content: bytes, or an open seekable file. folder: in the storage, `certificates`.

    Raises Refused (`file.storage_full`); then nothing was kept.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    sha256, size = _hash(file)
    path = f"{folder}/{sha256[:2]}/{sha256}{kind.extensions[0]}"
    if found := StoredFile.objects.filter(blob=path).first():
        return found
    storage = StoredFile._meta.get_field("blob").storage
    try:
        _write(storage, path, file)
    except OSError as error:
        if error.errno in FULL:
            said = "服务器的存储空间满了，文件没有写成；已经写成的都还在。请技术人员腾出空间，再继续"
            raise Refused(Problem("file.storage_full", said)) from error
        raise
    return StoredFile.objects.create(
        original_name=name, size=size, sha256=sha256, content_type=kind.content_type, blob=path
    )


def _hash(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size


def _write(storage: Storage, path: str, file: IO[bytes]) -> None:
    """Whole or not at all; an object store takes a file in one piece anyway."""
    if not isinstance(storage, FileSystemStorage):
        if not storage.exists(path):
            storage.save(path, File(file))
        return
    target = Path(storage.path(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".making-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as written:
            shutil.copyfileobj(file, written, CHUNK)
            written.flush()
            os.fchmod(written.fileno(), storage.file_permissions_mode or 0o644)
            sync(written.fileno())
        _sweep(target.parent, Path(name))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _sweep(folder: Path, mine: Path) -> None:
    """What a killed process left here long ago, measured by the file just written."""
    now = mine.stat().st_mtime
    for other in folder.glob(".making-*"):
        with suppress(OSError):
            if now - other.stat().st_mtime > _LEFT:
                other.unlink()
