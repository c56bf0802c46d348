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

Extensions: creation, creation-with-upload, termination, expiration. Of a file only its name, size and SHA-256 are
taken from the browser (`Upload-Metadata: filename …,sha256 …`, base64 as the protocol has it); what it is for comes
from the address. A refusal is JSON: `{"problems": [{"code": …, "message": …}]}`.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date

from core.problems import Problem, Refused, errors

from . import states
from .models import Upload
from .uploads import Finished, append, cancel, complete

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
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
_NUMBER = re.compile(r"\d{1,15}")


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
    """OPTIONS says what is spoken here; POST announces a file (201 and its address), maybe with its first bytes.

    start: asks the app's rules and begins the upload; may raise Refused. url_of: the upload's own address.
    """
    raise NotImplementedError


def resource(request: HttpRequest, upload: Upload, *, problems: Rule, finished: Finished) -> HttpResponse:
    """HEAD says how far it is, PATCH goes on from there, DELETE gives it up.

    problems: whether this upload may still go on (the deadline and its grace), asked before every piece and before
    the end. finished: `finished(upload, stored)`, in the transaction that keeps the file; may raise Refused, then
    the file is not taken.
    """
    raise NotImplementedError
