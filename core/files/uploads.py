"""A large file comes in piece by piece, survives cuts and restarts, and is kept only when it is what was announced.

    upload = begin(owner=user, purpose=f"work:{work.pk}:video", name=…, size=…, sha256=…, limit=500 * MB)
    append(upload, upload.offset, body)            # again and again
    stored = complete(upload, finished=attach)     # attach(upload, stored) in the same transaction

`core.files.tus` speaks this over HTTP. Nothing here asks who may upload or until when: the app's view has done so.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.accounts.models import User
from core.audit.history import recorded
from core.jobs.services import enqueue
from core.problems import Problem, Refused
from core.states import move

from . import parts, states
from .models import SHA256, StoredFile, Upload, random_path
from .services import FULL, megabytes, safe_name

KEPT = timedelta(hours=24)  # an unfinished upload, after its last piece
OPEN_AT_ONCE = 50  # unfinished uploads of one person
ERASE_UPLOAD = "upload.erase"  # the job that removes pieces
READ = 64 * 1024
EXPIRE_AT_ONCE = 200
LOST = "已传的部分不在服务器上了，请重新选择文件上传"

Finished = Callable[[Upload, StoredFile], None]


class Body(Protocol):
    """What is read from: a request, a file."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


class NotAccepted(Refused):
    """The whole file is here and is not taken; the upload is at an end, and its bytes go."""


def begin(*, owner: User, purpose: str, name: str, size: int, sha256: str, limit: int) -> Upload:
    """Announce a file; or find the announcement of the same file for the same slot, as far as it has come.

    purpose: the slot, as the app names it, never what a browser sent. size, limit: bytes. sha256: lower-case hex.
    Raises Refused (`file.empty`, `file.too_large`, `upload.sha256`, `upload.too_many`, `upload.storage_full`); then
    nothing was written.
    """
    if size < 1:
        raise _refused("file.empty", "文件是空的（0 字节）。请检查是否保存成功，再重新上传")
    if size > limit:
        raise _refused("file.too_large", f"文件超过 {megabytes(limit)}。请压缩或删减后再上传")
    if not re.fullmatch(SHA256, sha256):
        raise _refused("upload.sha256", "没有收到文件的 SHA-256 校验值。请刷新页面后再选一次文件")
    with transaction.atomic(), recorded("upload.begun", by=owner):
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # one after the other
        mine = Upload.objects.filter(owner=owner, state=states.OPEN)
        if known := mine.filter(purpose=purpose, sha256=sha256, size=size).first():
            if parts.are_there(known):
                return known
            _end(known, "expire", "upload.expired", by=None, note=LOST)
        if mine.count() >= OPEN_AT_ONCE:
            raise _refused("upload.too_many", f"已有 {OPEN_AT_ONCE} 个文件没有传完。请先传完或取消其中一些")
        path = random_path(Upload(), name)
        upload = Upload(owner=owner, purpose=purpose, name=safe_name(name), size=size, sha256=sha256, path=path)
        if not parts.has_room_for(upload):
            raise storage_full()
        upload.expires_at = timezone.now() + KEPT
        upload.save(force_insert=True)
        return upload


def append(upload: Upload, offset: int, body: Body) -> Upload:
    """Keep what the body holds, from `offset` on; a body that breaks off is kept as far as it came.

    Bytes are committed a piece at a time under the row's lock, each on the disk before the row says so. Raises
    Refused (`upload.offset`: somebody else went on meanwhile, or the page is behind; `upload.closed`;
    `upload.too_long`; `upload.storage_full`); pieces kept before that stay. Returns the upload as it now stands.
    """
    while True:
        with SpooledTemporaryFile(max_size=parts.SMALL) as piece:
            length, ended = _read_piece(body, piece, parts.piece_of(upload))
            if length:
                upload = _keep_piece(upload, offset, piece, length)
        offset += length
        if ended:
            return upload


def complete(upload: Upload, *, finished: Finished | None = None) -> StoredFile:
    """Check size and SHA-256 of the whole and keep it; a second call gives the same file and does nothing.

    finished: called in the same transaction, to put the file where it belongs. What it raises undoes everything; on
    Refused the file is not taken. Raises Refused (`upload.incomplete`, `upload.closed`), after which the upload can
    go on or had ended before, or NotAccepted (`upload.checksum`, or the problems of `finished`), which ends it.
    """
    try:
        with transaction.atomic(), recorded("upload.completed", by=upload.owner):
            upload = _locked(upload)
            if upload.stored:
                return upload.stored
            _must_be_open(upload)
            if not upload.whole:
                raise _refused("upload.incomplete", "文件还没有传完")
            stored = _store(upload)
            if finished:
                try:
                    finished(upload, stored)
                except Refused as refusal:
                    raise NotAccepted(refusal.problems) from refusal
            return stored
    except NotAccepted as refusal:
        _end(upload, "cancel", "upload.refused", by=upload.owner, note=str(refusal))
        raise


def cancel(upload: Upload, *, by: User) -> None:
    """Give up an unfinished upload; its bytes go. Raises StaleState when it has ended meanwhile."""
    _end(upload, "cancel", "upload.cancelled", by=by)


def expire() -> int:
    """Give up the uploads that nobody has gone on with. Harmless when run again. Returns how many."""
    with transaction.atomic():
        late = Upload.objects.filter(state=states.OPEN, expires_at__lte=Now()).order_by("expires_at")
        found = list(late.select_for_update(no_key=True, skip_locked=True)[:EXPIRE_AT_ONCE])
        for upload in found:
            _end(upload, "expire", "upload.expired", by=None)
    return len(found)


def forget(upload: Upload) -> None:
    """Delete the record of an upload in the caller's transaction; a kept file stays, the bytes of others go."""
    if upload.state == states.OPEN:
        _erase_later(upload, [upload.path, *upload.parts])
    Upload.objects.filter(pk=upload.pk).delete()


def storage_full() -> Refused:
    """There is no room left on the server; what is there stays."""
    return _refused("upload.storage_full", "服务器的存储空间满了，请告诉组委会。已传的部分还在，稍后可接着传")


def _read_piece(body: Body, piece: IO[bytes], size: int) -> tuple[int, bool]:
    """Read up to `size` bytes of the body. Returns how many, and whether the body is at its end."""
    length = 0
    while length < size:
        try:
            data = body.read(min(READ, size - length))
        except OSError:  # the line was cut
            data = b""
        if not data:
            return length, True
        piece.write(data)
        length += len(data)
    return length, False


def _keep_piece(upload: Upload, offset: int, piece: IO[bytes], length: int) -> Upload:
    with transaction.atomic():
        upload = _locked(upload)
        _must_be_open(upload)
        if upload.offset != offset:
            raise _refused("upload.offset", "这个文件正在另一个窗口上传，或已传到别处。将从已收到的地方接着传")
        if offset + length > upload.size:
            raise _refused("upload.too_long", "收到的内容比声明的长，文件可能在上传时被改动了。请重新选择文件")
        piece.seek(0)
        try:
            parts.write(upload, piece)
        except FileNotFoundError:  # a restored database is younger than its files
            raise _refused("upload.closed", LOST) from None
        except OSError as error:
            if error.errno in FULL:
                raise storage_full() from error
            raise
        upload.offset += length
        upload.expires_at = timezone.now() + KEPT
        upload.save(update_fields=["offset", "parts", "expires_at"])
        return upload


def _store(upload: Upload) -> StoredFile:
    """Make the file of a whole upload. Raises NotAccepted when it is not what was announced."""
    sealed = parts.seal(upload)
    if (sealed.size, sealed.sha256) != (upload.size, upload.sha256):
        words = "收到的文件与选择时不一致（SHA-256 不符），可能在上传时被改动了。请重新选择文件再传一次"
        raise NotAccepted(Problem("upload.checksum", words))
    stored = StoredFile(
        owner=upload.owner,
        original_name=upload.name,
        size=sealed.size,
        sha256=sealed.sha256,
        content_type=sealed.kind.content_type,
        blob=upload.path,
    )
    stored.save(force_insert=True)
    if upload.parts:
        _erase_later(upload, upload.parts)
    move(upload, "complete", stored=stored)
    return stored


def _end(upload: Upload, verb: str, deed: str, *, by: User | None, note: str = "") -> None:
    with transaction.atomic(), recorded(deed, by=by):
        upload.refresh_from_db(from_queryset=Upload.objects.select_for_update(no_key=True))
        move(upload, verb, note=note[:300])
        _erase_later(upload, [upload.path, *upload.parts])


def _erase_later(upload: Upload, paths: list[str]) -> None:
    enqueue(ERASE_UPLOAD, str(upload.pk), {"paths": paths})


def _locked(upload: Upload) -> Upload:
    """Joined to nothing: who had to wait would get the new row with what had been joined to the old one."""
    return Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)


def _must_be_open(upload: Upload) -> None:
    if upload.state == states.COMPLETE:
        raise _refused("upload.complete", "这个文件已经传完。要换文件，请重新选择")
    if upload.state != states.OPEN:
        why = upload.note or f"这次上传{states.UPLOAD.labels[upload.state]}，请重新选择文件上传"
        raise _refused("upload.closed", why)


def _refused(code: str, message: str) -> Refused:
    return Refused(Problem(code, message))
