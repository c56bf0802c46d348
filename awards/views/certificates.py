"""Certificates for those who hold them, and for the officers who collect their unit's: pages, files, one ZIP."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.accounts.access import signed_in
from core.files.models import StoredFile
from core.files.serving import FileAnswer, serve
from core.idempotency import once
from core.limited.running import Stopped
from core.links import absolute
from core.problems import Refused
from registrations.models import Recommendation, Unit
from tracks.current import about
from tracks.models import Edition

from ..certificates.picture import picture_of
from ..models import Certificate
from ..services import handing_out


@login_required
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """One's own, of every year; a number once, by the version that counts, and what was revoked."""
    found = Certificate.objects.held_by(signed_in(request)).exclude(state="corrected")
    mine = found.select_related("series__edition").order_by("-issued_on", "number").distinct()
    return render(request, "awards/certificates.html", {"found": [one for one in mine if one.file_id or one.ended_at]})


@login_required
@require_safe
def certificate(request: HttpRequest, certificate: int) -> HttpResponse:
    """One, as a picture to keep in WeChat, with its PDF and the address where anybody checks it."""
    found = _one(request, certificate)
    about(request, found.edition)
    link = absolute(reverse("verify_code", args=[found.payload]))
    return render(request, "awards/certificate.html", {"certificate": found, "link": link})


@login_required
@require_safe
def certificate_file(request: HttpRequest, certificate: int) -> FileAnswer:
    """The PDF."""
    return serve(request, cast(StoredFile, _one(request, certificate).file))


@login_required
@require_safe
def certificate_picture(request: HttpRequest, certificate: int) -> HttpResponse:
    """The page as PNG, for the page around it; drawn from a PDF of our own making."""
    file = cast(StoredFile, _one(request, certificate).file)
    try:
        drawn = picture_of(file)
    except Stopped as stopped:
        raise Http404 from stopped
    headers = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
    return HttpResponse(drawn, content_type="image/png", headers=headers)


@login_required
@require_safe
def unit_certificates(request: HttpRequest, unit: int) -> HttpResponse:
    """What the unit may take away: its own, and those of whom it recommended."""
    found, edition = _own_unit(request, unit)
    form = Recommendation(unit=found, edition=edition)  # for the frame of the clerk's pages
    page = {"form": form, "unit": found, "found": handing_out.certificates_of(found, edition)}
    return render(request, "awards/unit_certificates.html", page)


@login_required
@require_POST
@once
def unit_certificates_zip(request: HttpRequest, unit: int) -> HttpResponse | FileResponse:
    """All of them in one file; who took it is noted, each time."""
    found, edition = _own_unit(request, unit)
    try:
        archive = handing_out.take_away(found, edition, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("unit_certificates", unit=unit)
    answer = FileResponse(
        archive, as_attachment=True, filename=f"证书-{found.full_name}.zip", content_type="application/zip"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _one(request: HttpRequest, pk: int) -> Certificate:
    """A valid one that is printed and that the user may see; 404 for every other."""
    mine: QuerySet[Certificate] = Certificate.objects.visible_to(request.user).valid().printed()
    return get_object_or_404(mine.select_related("file", "series__edition").distinct(), pk=pk)


def _own_unit(request: HttpRequest, pk: int) -> tuple[Unit, Edition]:
    """A unit of the user's in the current edition; 404 for anybody else's."""
    unit = get_object_or_404(Unit.objects.filter(officers__user=signed_in(request)), pk=pk)
    edition = get_object_or_404(Edition, is_current=True)
    about(request, edition)
    return unit, edition
