"""Answering with a private file. The caller has already decided that this user may read it.

    file = get_object_or_404(Scan.objects.visible_to(request.user), pk=pk).file
    return serve(request, file)  # the original: a download, always
    return show(request, get_object_or_404(file.derived, pk=derived))  # what was drawn of it: in the page

Nothing that came from outside is ever answered inline: a browser's own viewer runs a PDF's scripts (R14).

Behind the proxy (`PRIVATE_FILES_ACCEL`) the bytes are sent by it; from S3 by a link that lives one minute.
"""

import io
import re
from typing import IO, cast
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from .derived.models import Derived
from .models import StoredFile

LINK_SECONDS = 60
LOCKED = "sandbox; default-src 'none'; frame-ancestors 'none'"
# Chromium shows pictures and films within this (tried); scripts would have no origin to act on.
PREVIEW = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")

FileAnswer = HttpResponse | FileResponse


class Part(io.RawIOBase):
    """`length` bytes of an open file from where it stands; closes the file with itself."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.file, self.left = file, length

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, never beyond the part."""
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        """Close the file too."""
        self.file.close()
        super().close()


def serve(request: HttpRequest, stored: StoredFile) -> FileAnswer:
    """The file byte for byte as a download; ranges (206, 416) and ETag included."""
    return _answer(request, stored, preview=False)


def show(request: HttpRequest, drawn: Derived) -> FileAnswer:
    """A preview in a sandbox, likewise; as a download where its bytes are of no kind that the portal draws."""
    return _answer(request, drawn.stored, preview=drawn.showable)


def _answer(request: HttpRequest, stored: StoredFile, *, preview: bool) -> FileAnswer:
    if not _is_local(stored):
        return _link(stored, preview)
    etag = f'"{stored.sha256}"'
    if settings.PRIVATE_FILES_ACCEL:
        response: FileAnswer = HttpResponse()
        response["X-Accel-Redirect"] = quote(f"{settings.PRIVATE_FILES_ACCEL.rstrip('/')}/{stored.blob.name}")
        return _dressed(response, stored, preview)
    wanted = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    response = _part(stored, wanted)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    _dressed(response, stored, preview)
    answer = get_conditional_response(request, etag=etag, response=cast(HttpResponse, response)) or response
    if answer is not response:
        response.close()  # 304 or 412: the bytes are not wanted
    return answer


def _part(stored: StoredFile, wanted: str) -> FileAnswer:
    """The whole file, the one range asked for (206), or 416. Several ranges at once are answered with the whole."""
    bounds = _bounds(wanted, stored.size)
    first, last = bounds or (0, stored.size - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    file = stored.blob.storage.open(stored.blob.name or "", "rb")
    file.seek(first)
    response = FileResponse(Part(file, last - first + 1), status=206 if bounds else 200)
    response["Content-Length"] = str(last - first + 1)
    if bounds:
        response["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    return response


def _bounds(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header (first > last: beyond the end); None where it says nothing we follow."""
    found = _RANGE.fullmatch(wanted)
    if not found or found.groups() == ("", ""):
        return None
    if not found[1]:  # the last n bytes
        return max(0, size - int(found[2])), size - 1
    first, last = int(found[1]), int(found[2] or size - 1)
    return None if found[2] and last < first else (first, min(last, size - 1))


def _dressed(response: FileAnswer, stored: StoredFile, preview: bool) -> FileAnswer:
    """Headers that keep a hostile file harmless: its type is one of ours, its scripts have nowhere to run."""
    response["Content-Type"] = stored.kind.content_type
    response["Content-Disposition"] = content_disposition_header(not preview, stored.original_name) or "attachment"
    response["Content-Security-Policy"] = PREVIEW if preview else LOCKED
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN" if preview else "DENY"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_local(stored: StoredFile) -> bool:
    try:
        stored.blob.storage.path(stored.blob.name or "")
    except NotImplementedError:
        return False
    return True


def _link(stored: StoredFile, preview: bool) -> FileAnswer:
    """A redirect to the object store, signed for one minute, with our type and disposition in the signature."""
    said = {
        "ResponseContentType": stored.kind.content_type,
        "ResponseContentDisposition": content_disposition_header(not preview, stored.original_name),
        "ResponseCacheControl": "private, no-store",
    }
    url = stored.blob.storage.url(stored.blob.name, parameters=said, expire=LINK_SECONDS)  # type: ignore[call-arg]
    return HttpResponseRedirect(url, headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"})
