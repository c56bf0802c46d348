"""A work's files over HTTP: they come in by tus or by a form, and go out after a check of who asks."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie

from core import clock
from core.accounts.access import signed_in
from core.files import tus
from core.files.derived.models import Derived
from core.files.models import StoredFile, Upload
from core.files.services import keep
from core.files.serving import FileAnswer, serve, show
from core.files.states import PASSED
from core.files.uploads import begin
from core.idempotency import once
from core.problems import Problem, Refused, refuse_if
from tracks.rulebook.works import Material

from ..anonymous_pages import AnonymousPage
from ..rules.works import check_upload
from ..services import work_files
from ..services.work_dossier import WorkDossier, is_copy
from ..services.work_looks import note_look
from ..services.work_naming import export_name
from ..work_forms import PlainFileForm
from ..work_models import WorkFile
from ..work_pages import Slot, WorkPage
from .works import own_work

# --- In -----------------------------------------------------------------------------------------------------


def _slot(request: HttpRequest, work: int, material: str) -> tuple[WorkDossier, Material]:
    dossier = own_work(request, work, acting=True)
    rule = dossier.material(material)
    if rule is None or rule.kind != "file":
        raise Http404
    return dossier, rule


def _original(request: HttpRequest, dossier: WorkDossier, material: Material) -> WorkFile | None:
    """The file that a copy without names is for, where the address names one."""
    wanted = request.GET.get("copy", "")
    if not wanted:
        return None
    files = dossier.work.files.filter(material=material.code, anonymous_of=None)
    return get_object_or_404(files, pk=wanted if wanted.isdecimal() else 0)


@login_required
def work_uploads(request: HttpRequest, work: int, material: str) -> HttpResponse:
    """tus: announce a file for a material."""
    dossier, rule = _slot(request, work, material)
    original = _original(request, dossier, rule)

    def start(announced: tus.Announced) -> Upload:
        refuse_if(work_files.anonymising(dossier.work) if original else work_files.announceable(dossier, rule))
        purpose = work_files.purpose_of(dossier.work, rule.code, original)
        limit = work_files.limit_of(rule)
        return begin(owner=signed_in(request), purpose=purpose, **announced.facts, limit=limit)

    def url_of(upload: Upload) -> str:
        return reverse("work_upload", args=[work, upload.pk])

    return tus.collection(request, start=start, url_of=url_of)


@login_required
def work_upload(request: HttpRequest, work: int, upload: UUID) -> HttpResponse:
    """tus: one file on its way in."""
    dossier = own_work(request, work, acting=True)
    mine = Upload.objects.visible_to(signed_in(request)).filter(purpose__startswith=f"work:{work}:")
    found = get_object_or_404(mine, pk=upload)

    def problems(going: Upload) -> list[Problem]:
        if is_copy(going.purpose):
            return work_files.anonymising(dossier.work, going.created_at, dossier.grace)
        return check_upload(dossier.standing, going.created_at, clock.now())  # a piece may take minutes

    return tus.resource(request, found, problems=problems, finished=work_files.attach)


@login_required
@require_POST
@once
def work_file_add(request: HttpRequest, work: int, material: str) -> HttpResponse:
    """A small file with an ordinary form."""
    dossier, rule = _slot(request, work, material)
    original = _original(request, dossier, rule)
    form = PlainFileForm(request.POST, request.FILES)
    back, anchor = ("work_anonymous", f"copy-{original.pk}") if original else ("work", rule.code)
    if not form.is_valid():
        messages.error(request, str(form.errors["file"][0]))
        return redirect(f"{reverse(back, args=[work])}#{anchor}")
    sent, limit = form.cleaned_data["file"], min(work_files.limit_of(rule), work_files.PLAIN_LIMIT)
    try:
        refuse_if(work_files.anonymising(dossier.work) if original else dossier.closed)
        stored = keep(sent, name=sent.name, owner=signed_in(request), limit=limit)
        work_files.add_file(dossier.work, rule.code, stored, by=signed_in(request), anonymous_of=original)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{stored.original_name}”已收到，正在检查")
    return redirect(f"{reverse(back, args=[work])}#{anchor}")


@login_required
@require_POST
@once
def work_file_do(request: HttpRequest, file: int, how: str) -> HttpResponse:
    """Take a file out, or move it up or down."""
    found = get_object_or_404(WorkFile.objects.visible_to(signed_in(request)).filter(removed_at=None), pk=file)
    own_work(request, found.work_id, acting=True)
    try:
        if how == "remove":
            work_files.remove_file(found, by=signed_in(request))
            messages.success(request, f"“{found}”已移出")
        else:
            work_files.move_file(found, up=how == "up", by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    copied = found.anonymous_of_id
    back, anchor = ("work_anonymous", f"copy-{copied}") if copied else ("work", found.material)
    return redirect(f"{reverse(back, args=[found.work_id])}#{anchor}")


@login_required
@require_safe
def work_slot(request: HttpRequest, work: int, material: str) -> HttpResponse:
    """The files of one material as the page shows them; asked again while they are being checked."""
    dossier, user = own_work(request, work), signed_in(request)
    page: WorkPage
    slots: list[Slot]
    if wanted := request.GET.get("copy"):
        page = copying = AnonymousPage(dossier, user)
        slots = [slot for slot in copying.copies if str(slot.original.file.pk) == wanted]
    else:
        page = WorkPage(dossier, user)
        slots = page.slots
    slot = next((slot for slot in slots if slot.material.code == material), None)
    if slot is None:
        raise Http404
    part = "_copy" if wanted else "_files"
    return render(request, f"registrations/works/{part}.html", {"page": page, "slot": slot})


# --- Out ----------------------------------------------------------------------------------------------------


def _visible(request: HttpRequest, file: int) -> tuple[WorkFile, StoredFile]:
    """A file that the reader may open: in sight, not erased, and not in quarantine."""
    files = WorkFile.objects.visible_to(signed_in(request))
    related = ("file__check_result", "work__entry__edition", "work__entry__track", "work__current")
    found = get_object_or_404(files.select_related(*related), pk=file)
    found.work.edition = found.work.entry.edition
    check: Any = getattr(found.file, "check_result", None)
    if found.file is None or check is None or check.state != PASSED:
        raise Http404
    return found, found.file


@login_required
@require_safe
def work_file(request: HttpRequest, file: int) -> FileAnswer:
    """The original, byte for byte, as a download; for others than its people under the name of the export."""
    found, stored = _visible(request, file)
    user = signed_in(request)
    note_look(found.work, version=found.work.current, file=found, reader=user, how="download")
    if not found.work.entry.people.filter(user=user, left_at=None).exists():
        stored.original_name = export_name(found)  # of the answer only; the row stays
    return serve(request, stored)


@login_required
@require_safe
@vary_on_cookie
def work_preview(request: HttpRequest, file: int, derived: int) -> FileAnswer:
    """A preview made of it: a picture, a page, a video; with ranges."""
    found, stored = _visible(request, file)
    one = get_object_or_404(Derived.objects.select_related("stored"), pk=derived, original=stored)
    note_look(found.work, version=found.work.current, file=found, reader=signed_in(request), how="preview")
    return show(request, one)
