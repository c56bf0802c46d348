"""Where the bytes of an unfinished upload lie: in the same storage as everything else.

On a disk they are appended to the very file that will be kept, which no row names until it is whole: nothing is moved
at the end, so nothing can be lost between two moves. In an object store, which cannot append, every piece is an object
of its own; the last step reads them one after the other into the one that is kept (any storage backend does that,
without a byte of S3's own multipart protocol).
"""

import hashlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

from .disk import sync, sync_folder
from .kinds import HEAD, Kind, kind_of
from .models import StoredFile, Upload

MB = 1024 * 1024
SMALL = MB  # held in memory
CHUNK = 256 * 1024
ON_DISK, AS_OBJECT = MB, 8 * MB  # bytes kept at once: what a crash may cost


@dataclass(frozen=True)
class Sealed:
    """The whole, as it lies in the storage."""

    size: int
    sha256: str
    kind: Kind


def storage() -> Storage:
    """Where private files go."""
    return StoredFile._meta.get_field("blob").storage


def disk_path(upload: Upload) -> str | None:
    """The file on this machine's disk; None in an object store."""
    try:
        return storage().path(upload.path)
    except NotImplementedError:
        return None


def piece_of(upload: Upload) -> int:
    """How many bytes are kept at once."""
    return AS_OBJECT if disk_path(upload) is None else ON_DISK


def has_room_for(upload: Upload) -> bool:
    """Whether the disk has room for the announced size; an object store is taken at its word."""
    path = disk_path(upload)
    if path is None:
        return True
    folder = next(folder for folder in Path(path).parents if folder.is_dir())
    return shutil.disk_usage(folder).free > upload.size


def are_there(upload: Upload) -> bool:
    """Whether what has been counted still lies in the storage."""
    paths = [upload.path] if disk_path(upload) else upload.parts
    return upload.offset == 0 or all(storage().exists(path) for path in paths)


def write(upload: Upload, piece: IO[bytes]) -> None:
    """Put a piece at the offset, for certain, over whatever a crash has left there. Raises OSError.

    In an object store its name is added to `upload.parts`, which the caller saves.
    """
    path = disk_path(upload)
    if path is None:
        name = f"{upload.path}.{len(upload.parts):05d}"
        storage().delete(name)  # of a piece that was never counted
        upload.parts = [*upload.parts, storage().save(name, File(piece))]
        return
    if upload.offset == 0:
        storage().delete(upload.path)
        storage().save(upload.path, ContentFile(b""))  # with the storage's own folders and permissions
        sync_folder(Path(path).parent)
    with Path(path).open("r+b", buffering=0) as file:
        file.truncate(upload.offset)
        file.seek(upload.offset)
        while data := piece.read(CHUNK):
            _write_all(file, data)
        sync(file.fileno())


def seal(upload: Upload) -> Sealed:
    """Make the whole of it, and measure what is there."""
    if disk_path(upload) is None:
        return _join(upload)
    digest, size = hashlib.sha256(), 0
    with storage().open(upload.path, "rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
            size += len(data)
        return Sealed(size, digest.hexdigest(), kind_of(file))


def _join(upload: Upload) -> Sealed:
    joined = _Joined(upload.parts)
    storage().delete(upload.path)  # of a last step that was broken off
    storage().save(upload.path, File(cast("IO[bytes]", joined)))
    if joined.head.startswith(b"PK"):
        with storage().open(upload.path, "rb") as file:  # a zip is known by its end
            kind = kind_of(file)
    else:
        kind = kind_of(io.BytesIO(joined.head))
    return Sealed(joined.size, joined.digest.hexdigest(), kind)


class _Joined(io.RawIOBase):
    """The pieces as one stream, measured as it is read."""

    def __init__(self, names: list[str]) -> None:
        self.digest, self.size, self.head = hashlib.sha256(), 0, b""
        self._data = self._read_all(names)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Yes; once, from the beginning."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Up to a chunk."""
        self._left = self._left or memoryview(next(self._data, b""))
        length = min(len(buffer), len(self._left))
        buffer[:length] = self._left[:length]
        self._left = self._left[length:]
        return length

    def _read_all(self, names: list[str]) -> Iterator[bytes]:
        for name in names:
            with storage().open(name, "rb") as part:
                while data := part.read(CHUNK):
                    self.digest.update(data)
                    self.size += len(data)
                    self.head = self.head if len(self.head) >= HEAD else (self.head + data)[:HEAD]
                    yield data


def _write_all(file: IO[bytes], data: bytes) -> None:
    """A disk about to be full takes less than it is given, and refuses only the next."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
