"""The job that removes a file's bytes."""

from typing import Any

from core.jobs.registry import handler

from .models import StoredFile
from .services import ERASE


@handler(ERASE, label="删除文件")
def erase(key: str, payload: dict[str, Any]) -> None:
    """Remove the bytes from the storage; harmless when they are gone. The row went with the act that asked for it."""
    StoredFile._meta.get_field("blob").storage.delete(payload["path"])
