"""The compose file's own nginx before a live portal: an upload in pieces comes in, and the file goes out by
X-Accel-Redirect. Runs where `NGINX` names a program (NGINX=/usr/sbin/nginx); `make run` and the tests need none.
"""

import hashlib
import http.client
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from core.files.inspection.checking import check
from registrations.work_models import Work
from tests.core import good_files
from tests.core.uploading.build import Tus
from tests.registrations import staff
from tests.registrations.works import build

NGINX = os.environ.get("NGINX", "")
TEMPLATE = Path(__file__).parents[2] / "deploy/nginx.conf.template"
HOST = "portal.example.test"
SAID = ("X-Frame-Options", "Cross-Origin-Resource-Policy", "Referrer-Policy")
PIECE = 8 * 1024 * 1024
pytestmark = [
    pytest.mark.skipif(not NGINX, reason="NGINX names no nginx"),
    pytest.mark.django_db(transaction=True),
]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def site(folder: Path, web: str, media: Path, port: int) -> str:
    """The template as the image fills it in, on one loopback port; certificates, files and `web` as they are here."""
    text = TEMPLATE.read_text(encoding="utf-8").replace("${SERVER_NAME}", HOST)
    text = text.replace("listen 80 default_server;\n", "").replace("listen 443 ssl default_server", "listen 443 ssl")
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, count=1, flags=re.DOTALL)
    text = text.replace("    http2 on;\n", "").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("/etc/nginx/certs", str(folder)).replace("/srv/files/", f"{media}/")
    return text.replace("http://web:8000", web)


@pytest.fixture
def proxy(live_server: Any, settings: Any, tmp_path: Path) -> Iterator[int]:
    """nginx before the live server; its port."""
    settings.MEDIA_ROOT, settings.PRIVATE_FILES_ACCEL = tmp_path / "media", "/protected/"
    settings.ALLOWED_HOSTS, settings.SECURE_PROXY_SSL_HEADER = ["*"], ("HTTP_X_FORWARDED_PROTO", "https")
    (tmp_path / "media").mkdir()
    port = free_port()
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}"]
    key += ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run(key, check=True, capture_output=True)
    (tmp_path / "site.conf").write_text(
        site(tmp_path, live_server.url.replace("localhost", "127.0.0.1"), tmp_path / "media", port)
    )
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    account = "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{account} daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {tmp_path}/site.conf; }}\n"
    )
    with subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]) as server:
        try:
            for _ in range(100):
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def ask(port: int, client: Client, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    """One request through the proxy as the signed-in user."""
    line = http.client.HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context(), timeout=120)
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    token = client.cookies["csrf"].value if "csrf" in client.cookies else ""
    said = {"Host": HOST, "Cookie": cookies, "X-CSRFToken": token, "Referer": f"https://{HOST}/"}
    said |= {"X-Forwarded-For": "203.0.113.9"} | {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, body or None, said)
    answer = line.getresponse()
    answer.whole = answer.read()  # type: ignore[attr-defined]
    return answer


def test_upload_and_download_through_nginx(proxy: int, contest_of_works: Work) -> None:
    work, data = contest_of_works, good_files.film(seconds=60, width=1920, height=1080, rate=2)
    data += (20_000_000).to_bytes(4, "big") + b"free" + bytes(20_000_000 - 8)  # a box that players pass over
    tus = Tus(build.leader(work))
    tus.client.get(reverse("work", args=[work.pk]))  # the page brings the CSRF cookie
    begun = tus.post(data, "潮间带.mp4", reverse("work_uploads", args=[work.pk, "video"]))["Location"]
    for offset in range(0, len(data), PIECE):
        piece = data[offset : offset + PIECE]
        kind = "application/offset+octet-stream"
        sent = ask(proxy, tus.client, "PATCH", urlsplit(begun).path, piece, Upload_Offset=str(offset),
                   Content_Type=kind, Tus_Resumable="1.0.0")  # fmt: skip
        assert (sent.status, sent.whole) == (204, b"")
    file = work.files.get(material="video")
    assert file.file.sha256 == hashlib.sha256(data).hexdigest()
    assert (check(file.file).state, file.file.check_result.message) == ("passed", "")
    path = reverse("work_file", args=[file.pk])
    whole = ask(proxy, tus.client, "GET", path)
    assert (whole.status, hashlib.sha256(whole.whole).hexdigest()) == (200, file.file.sha256)
    assert whole.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (whole.headers["X-Accel-Redirect"], whole.headers["X-Content-Type-Options"]) == (None, "nosniff")
    assert whole.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert [whole.headers[name] for name in SAID] == ["DENY", "same-origin", "same-origin"]
    assert "no-store" in whole.headers["Cache-Control"]
    part = ask(proxy, tus.client, "GET", path, Range="bytes=1000-1999")
    assert (part.status, part.whole) == (206, data[1000:2000])
    assert ask(proxy, Client(), "GET", path).status == 302  # to the sign-in page
    assert ask(proxy, tus.client, "GET", f"/protected/{file.file.blob.name}").status == 404
    assert ask(proxy, tus.client, "POST", path, Content_Length="23000000").status == 413


@pytest.fixture
def contest_of_works(transactional_db: None, proxy: int) -> Work:
    return build.begun(build.accepted(staff.contest()))
