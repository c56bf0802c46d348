"""Objecting to a published list, and following what becomes of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_cookie

from core.accounts.access import signed_in
from core.files.models import StoredFile
from core.files.papers import load_pages
from core.files.serving import FileAnswer, serve, show
from core.idempotency import once
from core.problems import Refused
from tracks.current import about

from ..forms import ObjectionForm
from ..models import Objection
from ..publicity_page import names_of
from ..services import objecting
from .public import of_public_list


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def objection_new(request: HttpRequest, award_list: int) -> HttpResponse:
    """By name or under a unit's stamp, with evidence, inside the window."""
    page, user = of_public_list(request, award_list), signed_in(request)
    lines = page.lines.get(page.release.version_id, [])
    sent = request.method == "POST"
    data, files = (request.POST, request.FILES) if sent else (None, None)
    form = ObjectionForm(lines, data, files, about=request.GET.get("about", "")[:300])
    if sent and form.is_valid():
        values, upload = form.cleaned_data, form.cleaned_data["evidence"]
        try:
            made = objecting.file(page.list, values, (upload, upload.name), by=user)
        except Refused as refused:
            form.refuse(refused.problems)
        else:
            messages.success(request, f"异议第 {made.pk} 号已提交，办理情况会发给您")
            return redirect("objection", objection=made.pk)
    context = {"page": page, "list": page.list, "form": form, "named": bool(user.phone and user.real_name)}
    return render(request, "awards/objection_new.html", context, status=422 if form.errors else 200)


def own_objection(request: HttpRequest, pk: int) -> Objection:
    """One's own; all for the organiser."""
    visible = Objection.objects.visible_to(signed_in(request))
    related = (
        "award_list__edition",
        "award_list__category",
        "award_list__track",
        "release__version",
        "evidence",
        "made",
    )
    found = get_object_or_404(visible.select_related(*related), pk=pk)
    about(request, found.award_list.edition)
    return found


@login_required
@require_safe
@vary_on_cookie
def objection(request: HttpRequest, objection: int) -> HttpResponse:
    """Where it stands, by when it is answered, and the answer."""
    found = own_objection(request, objection)
    load_pages([found.evidence])
    line = found.release.version.lines.filter(key=found.about).first() if found.about else None
    context = {"objection": found, "line": line, "levels": names_of(found.release.version)}
    return render(request, "awards/objection.html", context)


@login_required
@require_safe
@vary_on_cookie
def objection_file(request: HttpRequest, objection: int) -> FileAnswer:
    """The evidence byte for byte, as a download."""
    return serve(request, _evidence(request, objection))


@login_required
@require_safe
@vary_on_cookie
def objection_page(request: HttpRequest, objection: int, derived: int) -> FileAnswer:
    """A page of it, drawn anew."""
    drawn = _evidence(request, objection).derived.select_related("stored")
    return show(request, get_object_or_404(drawn, pk=derived))


def _evidence(request: HttpRequest, pk: int) -> StoredFile:
    found = own_objection(request, pk).evidence
    if found is None:
        raise Http404
    return found
