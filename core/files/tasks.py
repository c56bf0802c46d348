"""The jobs that remove bytes, and the round that gives up what nobody goes on with."""

from typing import Any

from celery import shared_task

from core.jobs.registry import handler

from . import parts, uploads
from .models import StoredFile
from .services import ERASE


@handler(ERASE, label="删除文件")
def erase(key: str, payload: dict[str, Any]) -> None:
    """Remove the bytes from the storage; harmless when they are gone. The row went with the act that asked for it."""
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
