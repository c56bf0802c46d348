"""A real gunicorn, killed in the middle (the figures: bench/bench_uploads.py)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench._servers import Served, serving
from core.accounts.models import User
from core.files.models import Upload
from tests.core.uploading.killing import survive
from tests.core.uploading.wire import session_of, sha256

MB = 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_browser_network_and_server_die_at_60_percent(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    path = tmp_path / "成片.mp4"
    path.write_bytes(os.urandom(6 * MB))
    user = User.objects.create_user("上传人", email="owner@example.test")

    @contextmanager
    def site() -> Iterator[Served]:
        env = {"DJANGO_SETTINGS_MODULE": "tests.core.uploading.settings", "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
        with serving(**env, WEB_WORKERS="1") as served:
            yield served

    done = survive(site, path, session_of(user), request=6 * MB)
    assert (done.stored.sha256, done.stored.size) == (sha256(path), 6 * MB)
    assert sha256(Path(done.stored.blob.path)) == sha256(path)
    assert [offset // MB for offset in done.kept] == [3, 3, 3]
    assert Upload.objects.count() == 1
