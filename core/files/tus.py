"""The tus 1.0 protocol over an app's two views (tus.io, "Resumable upload protocol").

    @login_required
    def work_uploads(request, pk):                                   # "…/uploads/"
        work = get_object_or_404(Work.objects.visible_to(request.user), pk=pk)

        def start(announced: Announced) -> Upload:                   # may raise Refused
            refuse_if(check_upload_window(...))
            return begin(owner=request.user, purpose=f"work:{work.pk}", **announced.facts, limit=500 * MB)

        return collection(request, start=start, url_of=lambda upload: reverse("work_upload", args=[pk, upload.pk]))

    @login_required
    def work_upload(request, pk, upload):                            # "…/uploads/<uuid:upload>/"
        found = get_object_or_404(Upload.objects.visible_to(request.user), pk=upload, purpose=f"work:{pk}")
        return resource(request, found, problems=lambda u: check_grace(...), finished=attach)

Extensions: creation, termination, expiration. Of a file only its name, size and SHA-256 are
taken from the browser (`Upload-Metadata: filename …,sha256 …`, base64 as the protocol has it); what it is for comes
from the address. A refusal is JSON: `{"problems": [{"code": …, "message": …}]}`. Bodies are read as
they come, a piece at a time; the page sends a few megabytes a request, and fewer where the line is bad.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date

from core.problems import Problem, Refused, refuse_if

from . import states
from .models import Upload
from .uploads import Finished, append, cancel, complete

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PIECE = "application/offset+octet-stream"
STATUS = {  # of a refusal's first problem; everything else is 422
    "file.too_large": 413,
    "upload.too_long": 413,
    "upload.offset": 409,
    "upload.complete": 409,
    "state.stale": 409,
    "upload.closed": 410,
    "upload.storage_full": 507,
}
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Announced:
    """What a browser says of a file before it sends it. size: bytes; sha256: hex."""

    name: str
    size: int
    sha256: str

    @property
    def facts(self) -> dict[str, Any]:
        """As `uploads.begin` takes them."""
        return asdict(self)


Start = Callable[[Announced], Upload]
Rule = Callable[[Upload], list[Problem]]


def collection(request: HttpRequest, *, start: Start, url_of: Callable[[Upload], str]) -> HttpResponse:
    """OPTIONS says what is spoken here; POST announces a file: 201, its address, and how far it has come before.

    start: asks the app's rules and begins the upload; may raise Refused. url_of: the upload's own address.
    """
    method = _method(request)
    if method == "OPTIONS":
        return _options()
    if method != "POST":
        return _plain(405, Allow="OPTIONS, POST")
    if wrong := _wrong_version(request):
        return wrong
    try:
        upload = start(_announced(request))
    except Refused as refusal:
        return _refusal(refusal)
    return _plain(201, Location=url_of(upload), **_progress(upload))


def resource(request: HttpRequest, upload: Upload, *, problems: Rule, finished: Finished) -> HttpResponse:
    """HEAD says how far it is, PATCH goes on from there, DELETE gives it up; GET tells the page in JSON.

    problems: whether this upload may still go on (the deadline and its grace), asked before every piece and before
    the end. finished: `finished(upload, stored)`, in the transaction that keeps the file; may raise Refused, then
    the file is not taken. Whoever asks for a whole upload whose end was cut off brings it to its end.
    """
    method = _method(request)
    if method == "OPTIONS":
        return _options()
    if method == "GET":
        return _told(upload)
    if method not in {"HEAD", "PATCH", "DELETE"}:
        return _plain(405, Allow="OPTIONS, HEAD, GET, PATCH, DELETE")
    if wrong := _wrong_version(request):
        return wrong
    try:
        if method == "DELETE":
            cancel(upload, by=upload.owner)
            return _plain(204)
        if method == "PATCH":
            upload = _go_on(request, upload, problems)
        if upload.whole and upload.state == states.OPEN:
            refuse_if(problems(upload))
            complete(upload, finished=finished)
        if upload.state in {states.EXPIRED, states.CANCELLED}:
            return _plain(410)
    except Refused as refusal:
        return _refusal(refusal)
    return _plain(200 if method == "HEAD" else 204, **_progress(upload))


def _go_on(request: HttpRequest, upload: Upload, problems: Rule) -> Upload:
    """Take in a PATCH. Raises Refused, before the body is read where that can be said before."""
    if request.content_type != PIECE:
        raise _malformed(f"Content-Type 应为 {PIECE}")
    offset = _number(request, "Upload-Offset")
    length = _number(request, "Content-Length")
    if upload.state == states.COMPLETE and (offset, length) == (upload.size, 0):
        return upload
    if upload.state == states.OPEN:
        refuse_if(problems(upload))
    if offset == upload.offset and offset + length > upload.size:
        words = "发来的内容比声明的长，文件可能在上传时被改动了。请重新选择文件"
        raise Refused(Problem("upload.too_long", words))
    return append(upload, offset, request)


def _announced(request: HttpRequest) -> Announced:
    """Raises Refused (`upload.malformed`)."""
    said = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            said[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise _malformed("Upload-Metadata 不是 base64 的 UTF-8 文本") from None
    return Announced(said.get("filename", ""), _number(request, "Upload-Length"), said.get("sha256", "").lower())


def _number(request: HttpRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not _NUMBER.fullmatch(value):
        raise _malformed(f"缺少 {header}，或不是一个数")
    return int(value)


def _malformed(what: str) -> Refused:
    return Refused(Problem("upload.malformed", f"上传程序发来的请求不对：{what}。请刷新页面再试"))


def _method(request: HttpRequest) -> str:
    """Some networks let only GET and POST through; CSRF has been checked all the same."""
    method = request.method or ""
    return request.headers.get("X-HTTP-Method-Override", method).upper() if method == "POST" else method


def _wrong_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _plain(412, **{"Tus-Version": VERSION})


def _progress(upload: Upload) -> dict[str, str]:
    found = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size)}
    if upload.state == states.OPEN:
        found["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return found


def _options() -> HttpResponse:
    return _plain(204, **{"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS})


def _told(upload: Upload) -> HttpResponse:
    facts = {"name": upload.name, "state": upload.state, "offset": upload.offset, "size": upload.size}
    return _dressed(JsonResponse(facts | {"label": upload.get_state_display(), "note": upload.note}))


def _refusal(refusal: Refused) -> HttpResponse:
    told = [{"code": problem.code, "message": problem.message} for problem in refusal.problems]
    return _dressed(JsonResponse({"problems": told}, status=STATUS.get(refusal.codes[0], 422)))


def _plain(status: int, **headers: str) -> HttpResponse:
    return _dressed(HttpResponse(status=status, headers=headers))


def _dressed(response: HttpResponse) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response
