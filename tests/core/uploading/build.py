"""Uploads for tests."""

import base64
import hashlib
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from core.accounts.models import User
from core.files.models import Upload
from core.files.services import MB
from core.files.uploads import append, begin
from tests.core.uploading.site import PURPOSE

SLOT = "/slot/uploads/"
CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 12_000  # 3 MB: four pieces on the disk


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def begun(owner: User, content: bytes = CONTENT, **changes: Any) -> Upload:
    facts = {"purpose": PURPOSE, "name": "方案.pdf", "size": len(content), "sha256": sha256(content), "limit": 500 * MB}
    return begin(owner=owner, **(facts | changes))


def sent(upload: Upload, content: bytes = CONTENT) -> Upload:
    return append(upload, upload.offset, io.BytesIO(content[upload.offset :]))


def files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


class Tus:
    """A tus client of one person, over Django's test client."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: Any) -> Any:
        kind = "application/offset+octet-stream" if method == "PATCH" else ""
        named = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self.client.generic(method, path, body, content_type=kind, headers=named)

    def post(self, content: bytes = CONTENT, name: str = "方案.pdf", at: str = SLOT, **headers: Any) -> Any:
        facts = {"filename": name, "sha256": sha256(content)}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())
        said = {"Upload_Length": len(content), "Upload_Metadata": metadata} | headers
        return self.ask("POST", at, **said)

    def patch(self, path: str, offset: int, body: bytes, **headers: Any) -> Any:
        return self.ask("PATCH", path, body, Upload_Offset=offset, **headers)


def codes(response: Any) -> list[str]:
    return [problem["code"] for problem in response.json()["problems"]]


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The kernel takes no more for this process, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
