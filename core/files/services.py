"""Keeping a file."""

import errno
import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db.models import ProtectedError

from core.accounts.models import User
from core.audit.redaction import redact
from core.jobs.services import enqueue
from core.problems import Problem, Refused

from .kinds import Kind, kind_of
from .models import StoredFile, Upload, random_path

CHUNK = 256 * 1024
MB = 1_000_000  # wherever a size is limited or shown; the edition file counts so too
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # what a storage without room says
ERASE = "file.erase"  # the job that removes the bytes


def keep(
    upload: IO[bytes],
    *,
    name: str,
    owner: User | None,
    limit: int,
    kinds: Collection[Kind] | None = None,
) -> StoredFile:
    """Store an upload byte for byte, after it was measured, hashed and recognised.

    upload: open and seekable. name: as the user sent it. limit: bytes. kinds: those accepted (default: any).
    Raises Refused (`file.empty`, `file.too_large`, `file.kind`, `file.storage_full`); then nothing was stored. Call it
    inside the transaction, and `recorded(...)`, of the act it belongs to.
    """
    name = safe_name(name)
    size, sha256 = measure(upload, limit)
    kind = check_kind(upload, name, kinds)
    upload.seek(0)
    stored = StoredFile(owner=owner, original_name=name, size=size, sha256=sha256, content_type=kind.content_type)
    path = random_path(stored, name)
    try:
        stored.blob.name = stored.blob.storage.save(path, File(upload))
    except OSError as error:
        stored.blob.storage.delete(path)  # what has been written of it
        if error.errno in FULL:
            words = "服务器的存储空间满了，这个文件没有收下。请告诉组委会，过一会儿再传；别的内容都还在"
            raise _refused("storage_full", words) from error
        raise
    try:
        stored.save(force_insert=True)
    except BaseException:
        stored.blob.storage.delete(stored.blob.name or "")
        raise
    return stored


def erase(files: Iterable[StoredFile]) -> int:
    """Delete files for good, in the caller's transaction: the rows now, the bytes by a job once it has committed.

    A file that something else still points at stays. Their previews go with them. Their names are blanked in history
    too, those of the uploads that brought them included. Returns how many, previews aside.
    """
    gone: list[list[UUID]] = []
    uploads: list[UUID] = []
    for file in files:
        brought = list(Upload.objects.filter(stored=file).values_list("pk", flat=True))
        for keys in _erased(file):
            gone.append(keys)
            uploads += brought
    redact(StoredFile, [key for keys in gone for key in keys])
    redact(Upload, uploads)
    return len(gone)


def _erased(file: StoredFile) -> Iterator[list[UUID]]:
    """The keys of a file and its previews, if nothing holds it."""
    everything = [file, *StoredFile.objects.filter(derived_from__original=file)]
    keys, paths = [each.pk for each in everything], [each.blob.name or "" for each in everything]
    with suppress(ProtectedError):
        file.delete()
        for preview in everything[1:]:
            preview.delete()
        for path in paths:
            enqueue(ERASE, path, {"path": path})
        yield keys


def check_kind(upload: IO[bytes], name: str, kinds: Collection[Kind] | None) -> Kind:
    """What the content is; for whoever must look inside before the file is kept. Raises Refused (`file.kind`)."""
    kind = kind_of(upload)
    if kinds is not None and kind not in kinds:
        wanted = "、".join(accepted.label for accepted in kinds)
        raise _refused("kind", f"“{safe_name(name)}”的内容是{kind.label}，这里只收 {wanted}。请另存为其中一种后再上传")
    return kind


def measure(upload: IO[bytes], limit: int) -> tuple[int, str]:
    """(bytes, SHA-256) of the whole; stops reading as soon as the limit is passed. Raises Refused."""
    upload.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := upload.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise _refused("too_large", f"文件超过 {megabytes(limit)}。请压缩或删减后再上传")
        digest.update(chunk)
    if size == 0:
        raise _refused("empty", "文件是空的（0 字节）。请检查是否保存成功，再重新上传")
    return size, digest.hexdigest()


def safe_name(name: str) -> str:
    """A file name without folders and control characters, ≤100 characters, its extension kept."""
    spaced = " ".join(name.replace("\\", "/").split())
    printable = "".join(character for character in spaced if character.isprintable())
    path = PurePath(PurePath(printable).name.strip() or "未命名")
    return f"{path.stem[: 100 - len(path.suffix[:12])]}{path.suffix[:12]}"


def megabytes(size: int) -> str:
    """`500 MB`, for a message."""
    return f"{size / MB:.0f} MB" if size >= MB else f"{size // 1000} KB"


def _refused(code: str, message: str) -> Refused:
    return Refused(Problem(f"file.{code}", message))
