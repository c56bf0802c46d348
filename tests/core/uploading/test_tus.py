"""The protocol, as a browser and as a forger would speak it."""

import base64
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client

from core.accounts.models import User
from core.files.models import StoredFile, Upload
from core.files.services import MB
from tests.core.uploading.build import CONTENT, Tus, codes, files, sha256

pytestmark = pytest.mark.django_db
HALF = 1_600_000


@pytest.fixture
def tus(owner: User) -> Tus:
    return Tus(owner)


@pytest.fixture
def path(tus: Tus) -> str:
    return tus.post()["Location"]


def upload_at(path: str) -> Upload:
    return Upload.objects.get(pk=UUID(path.split("/")[-2]))


def progress(response) -> tuple[int, str, str]:
    return response.status_code, response["Upload-Offset"], response["Upload-Length"]


def test_what_is_spoken(tus):
    response = tus.client.options("/slot/uploads/")
    assert (response.status_code, response["Tus-Version"]) == (204, "1.0.0")
    assert response["Tus-Extension"] == "creation,termination,expiration"


def test_a_file_in_two_requests(tus, path):
    assert progress(tus.ask("HEAD", path)) == (200, "0", str(len(CONTENT)))
    assert tus.patch(path, 0, CONTENT[:HALF])["Upload-Offset"] == str(HALF)
    assert progress(tus.ask("HEAD", path)) == (200, str(HALF), str(len(CONTENT)))
    assert progress(tus.patch(path, HALF, CONTENT[HALF:])) == (204, str(len(CONTENT)), str(len(CONTENT)))
    assert StoredFile.objects.get().blob.read() == CONTENT


def test_an_announcement_says_when_it_expires(tus):
    response = tus.post()
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (201, True)
    assert response["Upload-Expires"].endswith("GMT")


def test_announced_again_says_how_far_it_is(tus, path):
    tus.patch(path, 0, CONTENT[:HALF])
    again = tus.post()
    assert (again["Location"], again["Upload-Offset"]) == (path, str(HALF))


def test_who_asks_after_a_cut_brings_it_to_its_end(tus, path):
    """The server died after the last piece and before the check."""
    tus.patch(path, 0, CONTENT[:-1])
    (part,) = files()
    Path(part).write_bytes(CONTENT)
    Upload.objects.update(offset=len(CONTENT))
    assert progress(tus.ask("HEAD", path)) == (200, str(len(CONTENT)), str(len(CONTENT)))
    assert StoredFile.objects.get().blob.read() == CONTENT


def test_two_tabs(tus, path):
    """The second is told where the first one is, and goes on from there."""
    assert tus.patch(path, 0, CONTENT[:MB]).status_code == 204
    behind = tus.patch(path, 0, CONTENT[:MB])
    assert (behind.status_code, codes(behind)) == (409, ["upload.offset"])
    assert tus.patch(path, MB, CONTENT[MB:]).status_code == 204
    nothing = {"Content_Length": 0, "Content_Type": "application/offset+octet-stream"}
    assert tus.patch(path, len(CONTENT), b"", **nothing).status_code == 204


def test_a_file_is_not_replaced_under_its_id(tus, path):
    tus.patch(path, 0, CONTENT)
    again = tus.patch(path, 0, CONTENT[::-1])
    assert (again.status_code, codes(again)) == (409, ["upload.complete"])
    assert tus.ask("DELETE", path).status_code == 409
    assert StoredFile.objects.get().blob.read() == CONTENT


def test_more_than_announced(tus, path):
    response = tus.patch(path, 0, CONTENT + b"x")
    assert (response.status_code, codes(response), upload_at(path).offset) == (413, ["upload.too_long"], 0)


def test_another_content_than_announced(tus, path):
    response = tus.patch(path, 0, CONTENT[::-1])
    assert (response.status_code, codes(response)) == (422, ["upload.checksum"])
    assert tus.ask("HEAD", path).status_code == 410
    assert "SHA-256 不符" in tus.client.get(path).json()["note"]
    assert (tus.patch(path, 0, CONTENT).status_code, StoredFile.objects.count()) == (410, 0)


def test_given_up(tus, path):
    assert tus.ask("DELETE", path).status_code == 204
    assert (tus.ask("HEAD", path).status_code, tus.client.get(path).json()["label"]) == (410, "已取消")


def test_after_the_deadline(tus):
    path = tus.post(name="closed.pdf")["Location"]
    response = tus.patch(path, 0, CONTENT)
    assert (response.status_code, codes(response), upload_at(path).offset) == (422, ["slot.closed"], 0)


def test_what_the_app_does_not_take(tus):
    path = tus.post(name="unwanted.pdf")["Location"]
    response = tus.patch(path, 0, CONTENT)
    assert (response.status_code, response.json()["problems"][0]["message"]) == (422, "这里不收 PDF")
    assert upload_at(path).state == "cancelled"


def test_another_persons_upload_is_not_there(path):
    other = Tus(User.objects.create_user("别人", email="other@example.test"))
    methods = {"HEAD": b"", "PATCH": CONTENT, "DELETE": b"", "GET": b""}
    assert {other.ask(method, path, body, Upload_Offset=0).status_code for method, body in methods.items()} == {404}
    assert other.ask("HEAD", f"/slot/uploads/{uuid4()}/").status_code == 404


def test_nobody_uploads_signed_out(tus, path):
    tus.client.logout()
    assert {tus.post().status_code, tus.patch(path, 0, CONTENT).status_code} == {302}


def test_what_it_is_for_comes_from_the_address(tus):
    forged = f"sha256 {b64(sha256(CONTENT))},purpose {b64('work:9')},owner {b64('1')},limit {b64('9')}"
    path = tus.post(Upload_Metadata=forged)["Location"]
    assert (upload_at(path).purpose, upload_at(path).name) == ("slot:1", "未命名")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_page_of_another_site_cannot_upload(owner, path):
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(owner)
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    kind = "application/offset+octet-stream"
    assert stranger.generic("PATCH", path, CONTENT, content_type=kind, headers=sent).status_code == 403
    stranger.get("/slot/")
    sent |= {"X-CSRFToken": stranger.cookies["csrf"].value}
    assert stranger.generic("PATCH", path, CONTENT, content_type=kind, headers=sent).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus_Resumable": "0.2.2"}, 412),
        ({"Upload_Length": "-1"}, 422),
        ({"Upload_Length": "٣"}, 422),
        ({"Upload_Length": "9" * 16}, 422),
        ({"Upload_Length": ""}, 422),
        ({"Upload_Metadata": "filename %%%"}, 422),
        ({"Upload_Metadata": "filename /w=="}, 422),
        ({"Upload_Metadata": ""}, 422),
        ({"Upload_Length": 501 * MB}, 413),
    ],
)
def test_announcements_that_are_wrong(tus, headers, status):
    assert (tus.post(**headers).status_code, Upload.objects.count()) == (status, 0)


@pytest.mark.parametrize("headers", [{}, {"Upload_Offset": "1e3"}, {"Upload_Offset": 0, "Content_Type": "text/plain"}])
def test_pieces_that_are_wrong(tus, path, headers):
    response = tus.ask("PATCH", path, b"x", **headers)
    assert (response.status_code, codes(response)) == (422, ["upload.malformed"])


def test_through_a_proxy_that_knows_only_post(tus, path):
    headers = {"X_HTTP_Method_Override": "PATCH", "Upload_Offset": 0, "Tus_Resumable": "1.0.0"}
    sent = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    kind = "application/offset+octet-stream"
    assert tus.client.generic("POST", path, CONTENT, content_type=kind, headers=sent).status_code == 204


def test_other_methods(tus, path):
    assert {tus.ask("PUT", path).status_code, tus.ask("PATCH", "/slot/uploads/").status_code} == {405}
