"""Private files: stored whole, recognised by content, served without harm."""

import hashlib
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.accounts.models import User
from core.files.kinds import JPEG, PDF, PNG, TEXT, UNKNOWN, XLSX, ZIP, kind_of
from core.files.models import Derived, StoredFile
from core.files.services import keep, safe_name
from core.files.serving import serve, show
from core.problems import Refused
from tests.core.workbooks import workbook

PNG_BYTES = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
WEBP_BYTES = b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 99
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.PRIVATE_FILES_ACCEL = ""


def stored(content: bytes = PNG_BYTES, name: str = "作品 图.png") -> StoredFile:
    return keep(SimpleUploadedFile("x", content), name=name, owner=None, limit=10**6)


def answer(file: StoredFile, drawn: Derived | None = None, **headers: Any) -> tuple[Any, bytes]:
    """The original as a download, or what was drawn of it."""
    request = RequestFactory().get("/", headers=headers)
    response: Any = show(request, drawn) if drawn else serve(request, file)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return response, body


def test_bytes_name_size_and_hash_are_kept(tmp_path):
    file = StoredFile.objects.get(pk=stored().pk)
    assert (file.original_name, file.size, file.kind) == ("作品 图.png", len(PNG_BYTES), PNG)
    assert file.sha256 == hashlib.sha256(PNG_BYTES).hexdigest()
    assert file.blob.read() == PNG_BYTES
    assert "作品" not in str(file.blob.name)


@pytest.mark.parametrize(
    ("content", "limit", "kinds", "code"),
    [(b"", 9, None, "empty"), (b"0123456789", 9, None, "too_large"), (HTML, 99, [PDF, PNG], "kind")],
)
def test_refused_uploads_leave_nothing_behind(tmp_path, content, limit, kinds, code):
    with pytest.raises(Refused) as refusal:
        keep(io.BytesIO(content), name="a.pdf", owner=None, limit=limit, kinds=kinds)
    assert refusal.value.codes == [f"file.{code}"]
    assert list(tmp_path.rglob("*")) == []


def test_a_row_that_fails_takes_its_bytes_with_it(tmp_path):
    with pytest.raises(ValueError, match="unsaved"):
        keep(io.BytesIO(PNG_BYTES), name="a.png", owner=User(), limit=10**6)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG_BYTES, PNG),
        (b"\xff\xd8\xff\xe0", JPEG),
        (b"%PDF-1.7", PDF),
        (workbook([["a"]]), XLSX),
        (b"PK\x05\x06" + b"\0" * 18, UNKNOWN),
        ("姓名,电话".encode("gbk"), TEXT),
        (("长" * 5000).encode(), TEXT),
        (HTML, UNKNOWN),
        (SVG, UNKNOWN),
        (b"MZ\x90\0", UNKNOWN),
        (b"RIFF\0\0\0\0AVI ", UNKNOWN),
    ],
)
def test_kind_is_told_by_content(content, kind):
    assert kind_of(io.BytesIO(content)) is kind
    assert kind is not ZIP


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\名单.xlsx", "名单.xlsx"),
        ("a\r\nX: y\u202egpj.exe", "a X: ygpj.exe"),
        ("", "未命名"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
    ],
)
def test_names_are_made_safe(sent, kept):
    assert safe_name(sent) == kept


def test_a_download_says_nothing_a_browser_could_run():
    response, body = answer(stored(HTML, '“报名”".html'))
    assert (response.status_code, body, response["Content-Type"]) == (200, HTML, "application/octet-stream")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E2%80%9C")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")


@pytest.mark.parametrize("content", [PNG_BYTES, b"%PDF-1.7", b"\x00\x00\x00\x18ftypisom"])
def test_an_original_is_never_inline(content):
    response, body = answer(stored(content))
    assert (body, response["Content-Disposition"][:11]) == (content, "attachment;")


def test_what_was_drawn_is_inline_in_a_sandbox():
    drawn = Derived(stored=stored(WEBP_BYTES, "预览.webp"))
    response, body = answer(drawn.stored, drawn)
    assert (body, response["Content-Type"]) == (WEBP_BYTES, "image/webp")
    assert response["Content-Disposition"].startswith("inline; filename*=")
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'; img-src 'self'")


@pytest.mark.parametrize("content", [PNG_BYTES, b"%PDF-1.7", HTML])
def test_what_the_portal_never_draws_is_not_inline_in_its_place(content):
    drawn = Derived(stored=stored(content))
    assert answer(drawn.stored, drawn)[0]["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=5-", 5, 10247), ("bytes=-3", 10245, 10247), ("bytes=0-999999", 0, 10247)],
)
def test_one_range(wanted, first, last):
    response, body = answer(stored(), Range=wanted)
    assert (response.status_code, body) == (206, PNG_BYTES[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/10248"
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("wanted", ["bytes=10248-", "bytes=-0"])
def test_a_range_beyond_the_end(wanted):
    response, body = answer(stored(), Range=wanted)
    assert (response.status_code, body, response["Content-Range"]) == (416, b"", "bytes */10248")


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "bytes=9-2", "lines=1-2", "bytes=-"])
def test_ranges_we_do_not_understand_get_the_whole(wanted):
    response, body = answer(stored(), Range=wanted)
    assert (response.status_code, body) == (200, PNG_BYTES)


def test_etag_spares_the_bytes_and_guards_a_resumed_download():
    file = stored()
    assert answer(file, **{"If-None-Match": f'"{file.sha256}"'})[0].status_code == 304
    assert answer(file, Range="bytes=0-1", **{"If-Range": '"another"'})[0].status_code == 200
    assert answer(file, Range="bytes=0-1", **{"If-Range": f'"{file.sha256}"'})[0].status_code == 206


def test_behind_the_proxy_the_path_is_percent_encoded(settings):
    settings.PRIVATE_FILES_ACCEL = "/受保护/"
    file = stored()
    response, body = answer(file)
    assert (response["X-Accel-Redirect"], body) == (f"/%E5%8F%97%E4%BF%9D%E6%8A%A4/{file.blob.name}", b"")
    assert response["Content-Disposition"].startswith("attachment")


def test_an_object_store_is_reached_by_a_link_of_one_minute(settings):
    keys = {"bucket_name": "b", "access_key": "k", "secret_key": "s", "region_name": "r"}
    file = stored()
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": keys | {"endpoint_url": "https://s3.example"},
        }
    }
    response, _ = answer(StoredFile.objects.get(pk=file.pk))
    assert response.status_code == 302
    assert "response-content-type=image%2Fpng" in response["Location"]
