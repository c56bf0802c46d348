"""The jobs of stored files: removing bytes, checking, making previews; giving up uploads nobody goes on with."""

from datetime import timedelta
from typing import Any

from celery import shared_task

from core.jobs.registry import Retry, handler

from . import parts, states, uploads
from .derived.making import DERIVE, derive
from .inspection.checking import CHECK, check
from .models import StoredFile
from .services import ERASE

ASK_AGAIN = timedelta(minutes=5)
FOR_A_WEEK = 2016  # times


@handler(ERASE, label="删除文件")
def erase(key: str, payload: dict[str, Any]) -> None:
    """Remove the bytes from the storage; harmless when they are gone. The row went with the act that asked for it.

    What lies under its own hash may have been made again meanwhile; then it stays.
    """
    if StoredFile.objects.filter(blob=payload["path"]).exists():
        return
    StoredFile._meta.get_field("blob").storage.delete(payload["path"])


@handler(uploads.ERASE_UPLOAD, label="清理未传完的文件")
def erase_upload(key: str, payload: dict[str, Any]) -> None:
    """Remove the pieces of an upload that has ended; harmless when they are gone."""
    for path in payload["paths"]:
        parts.storage().delete(path)


@shared_task
def expire_uploads() -> None:
    """Every ten minutes by beat: give up unfinished uploads whose time is up."""
    while uploads.expire():
        pass


@handler(CHECK, label="检查文件", atomic=False, lease=timedelta(minutes=15), max_attempts=FOR_A_WEEK)
def run_check(key: str, payload: dict[str, Any]) -> None:
    """Check a file; ask an absent scanner again. A file that was erased meanwhile needs nothing."""
    stored = StoredFile.objects.filter(pk=key).first()
    if stored and check(stored).state == states.WAITING:
        raise Retry("查毒程序没有应答", ASK_AGAIN)


@handler(DERIVE, label="生成预览", atomic=False, lease=timedelta(hours=2), max_attempts=FOR_A_WEEK)
def run_derive(key: str, payload: dict[str, Any]) -> None:
    """Make a file's previews, once it has passed its check."""
    stored = StoredFile.objects.filter(pk=key).select_related("check_result").first()
    if stored is None:
        return
    if getattr(stored, "check_result", None) and stored.check_result.state == states.WAITING:
        raise Retry("文件还没有检查完", ASK_AGAIN)
    derive(stored)
