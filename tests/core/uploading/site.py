"""The portal's addresses and one slot of its own: what an app's two views look like."""

from pathlib import Path
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import include, path, reverse

from core.files.models import StoredFile, Upload
from core.files.services import MB, keep
from core.files.tus import Announced, collection, resource
from core.files.uploads import begin
from core.idempotency import once
from core.problems import Problem, Refused

TEMPLATES = Path(__file__).parent / "templates"
PURPOSE, LIMIT, PLAIN = "slot:1", 500 * MB, 20 * MB
CLOSED = "closed"  # a file of this name comes after the deadline
UNWANTED = "unwanted"  # a file of this name is not taken in the end


def late(upload: Upload) -> list[Problem]:
    """The deadline's rule."""
    return [Problem("slot.closed", "上传已截止")] if CLOSED in upload.name else []


def attach(upload: Upload, stored: StoredFile) -> None:
    """What the app does with a whole file."""
    if UNWANTED in upload.name:
        raise Refused(Problem("slot.unwanted", f"这里不收 {stored.kind.label}"))


@login_required
def uploads(request: HttpRequest) -> HttpResponse:
    """Where files are announced."""

    def start(announced: Announced) -> Upload:
        return begin(owner=request.user, purpose=PURPOSE, limit=LIMIT, **announced.facts)

    return collection(request, start=start, url_of=lambda upload: reverse("slot_upload", args=[upload.pk]))


@login_required
def one(request: HttpRequest, upload: UUID) -> HttpResponse:
    """One upload."""
    found = get_object_or_404(Upload.objects.visible_to(request.user), pk=upload, purpose=PURPOSE)
    return resource(request, found, problems=late, finished=attach)


@login_required
@once
def page(request: HttpRequest) -> HttpResponse:
    """The page with the component; a plain form as well."""
    if request.method == "POST":
        for file in request.FILES.getlist("file"):
            keep(file, name=file.name or "", owner=request.user, limit=PLAIN)
        return HttpResponseRedirect(request.path)
    waiting = Upload.objects.visible_to(request.user).unfinished(PURPOSE)
    kept = StoredFile.objects.filter(owner=request.user).order_by("created_at")
    return render(request, "slot.html", {"waiting": waiting, "kept": kept, "limit": LIMIT, "plain": PLAIN})


urlpatterns = [
    path("slot/", page, name="slot"),
    path("slot/uploads/", uploads, name="slot_uploads"),
    path("slot/uploads/<uuid:upload>/", one, name="slot_upload"),
    path("", include("aisc_portal.urls")),
]
