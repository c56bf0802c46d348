"""An S3-compatible store: pieces, the whole, a signed link. Runs where `S3_ENDPOINT` names one, as moto's server is."""

import io
import os
import urllib.error
import urllib.request
from typing import Any

import pytest
from django.test import RequestFactory

from core.accounts.models import User
from core.files.serving import serve
from core.files.uploads import complete
from core.jobs.services import drain
from tests.core import good_files
from tests.core.uploading.build import begun, sent

ENDPOINT = os.environ.get("S3_ENDPOINT", "")
PIECE = 8 * 1024 * 1024
pytestmark = [pytest.mark.skipif(not ENDPOINT, reason="S3_ENDPOINT names no store"), pytest.mark.django_db]


@pytest.fixture
def bucket(settings: Any) -> Any:
    """An empty bucket, and the portal's files in it."""
    import boto3

    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    store = boto3.resource("s3", endpoint_url=ENDPOINT, **keys)
    made = store.create_bucket(Bucket=f"portal-{os.getpid()}")
    options = {"bucket_name": made.name, "endpoint_url": ENDPOINT, "access_key": "test", "secret_key": "test"}
    options |= {"region_name": "us-east-1", "querystring_auth": True, "file_overwrite": False}
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": backend}
    yield made
    made.objects.all().delete()
    made.delete()


def test_upload_and_download(bucket: Any) -> None:
    data = good_files.pdf() + b"\n%" + bytes(range(32, 126)) * (2 * PIECE // 94)
    upload = begun(User.objects.create_user("祝宇", phone="13800138001"), data)
    stored = complete(sent(upload, data))
    drain("upload.erase")
    assert [(one.key, one.size) for one in bucket.objects.all()] == [(stored.blob.name, len(data))]
    link = serve(RequestFactory().get("/"), stored)["Location"]
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == data
        said = (answer.headers["Content-Type"], answer.headers["Content-Disposition"][:11])
    assert said == ("application/pdf", "attachment;")


def test_a_piece_that_was_never_counted_is_written_anew(bucket: Any) -> None:
    data = good_files.pdf() + b"\n%" + bytes(range(32, 126)) * (2 * PIECE // 94)
    upload = begun(User.objects.create_user("祝宇", phone="13800138001"), data)
    bucket.put_object(Key=f"{upload.path}.00000", Body=io.BytesIO(b"torn"))
    assert complete(sent(upload, data)).size == len(data)
