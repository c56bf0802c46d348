"""Where the storage cannot append: every piece an object, put together at the end."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from core.files import parts
from core.files.kinds import PDF, ZIP
from core.files.uploads import NotAccepted, append, cancel, complete
from core.jobs.services import drain
from tests.core.uploading.build import begun, files, sent

pytestmark = pytest.mark.django_db

PIECE = parts.AS_OBJECT
LARGE = b"%PDF-1.7\n" + bytes(range(251)) * (3 * PIECE // 251)


class ObjectStore(FileSystemStorage):
    """As S3 is: objects written whole from a stream that goes forward only, no path on this machine."""

    def path(self, name: str) -> str:
        raise NotImplementedError

    def _open(self, name: str, mode: str = "rb") -> File:
        return FileSystemStorage()._open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        disk = FileSystemStorage()
        return disk._save(name, content)

    def delete(self, name: str) -> None:
        FileSystemStorage().delete(name)

    def exists(self, name: str) -> bool:
        return FileSystemStorage().exists(name)


@pytest.fixture(autouse=True)
def _object_store(settings, _slot):
    backend = {"BACKEND": "tests.core.uploading.test_object_store.ObjectStore"}
    settings.STORAGES = settings.STORAGES | {"default": backend}


def test_pieces_are_put_together(owner):
    upload = append(begun(owner, LARGE), 0, io.BytesIO(LARGE[: PIECE + 7]))
    assert (upload.offset, len(upload.parts), len(files())) == (PIECE + 7, 2, 2)
    stored = complete(sent(upload, LARGE))
    assert (stored.blob.read() == LARGE, stored.kind, stored.size) == (True, PDF, len(LARGE))
    drain("upload.erase")
    assert [path.name for path in files()] == [stored.blob.name.split("/")[-1]]


def test_a_piece_that_was_never_counted_is_written_anew(owner):
    upload = append(begun(owner, LARGE), 0, io.BytesIO(LARGE[:PIECE]))
    parts.storage().save(f"{upload.path}.00001", File(io.BytesIO(b"torn")))
    assert complete(sent(upload, LARGE)).blob.read() == LARGE


def test_a_zip_is_known_by_its_end(owner):
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        archive.writestr("a.txt", b"a" * 300_000)
    assert complete(sent(begun(owner, made.getvalue()), made.getvalue())).kind is ZIP


@pytest.mark.parametrize("given_up", [True, False])
def test_nothing_is_left_behind(owner, given_up):
    upload = sent(begun(owner, LARGE), LARGE[::-1])
    if given_up:
        cancel(upload, by=owner)
    else:
        with pytest.raises(NotAccepted, match="SHA-256 不符"):
            complete(upload)
    drain("upload.erase")
    assert files() == []
