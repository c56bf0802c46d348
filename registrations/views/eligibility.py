"""参赛条件与证明: the participant claims conditions and shows that they are met (G24–G26)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_cookie

from core.accounts.access import signed_in
from core.files.models import StoredFile
from core.files.papers import load_pages
from core.files.serving import FileAnswer, serve, show
from core.files.states import PASSED
from core.idempotency import once
from core.problems import Problem, Refused
from tracks.current import contest_time

from ..claim_forms import EligibilityForms, at_conditions
from ..eligibility_models import EligibilityClaim
from ..services.dossier import Dossier
from ..services.eligibility import submit_claims
from .keeping import forget, kept, login_or_keep
from .team import own_entry


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def entry_eligibility(request: HttpRequest, entry: int) -> HttpResponse:
    """Tick the conditions and show the evidence; whatever can be kept is kept, and what is wrong is said."""
    user, found = signed_in(request), own_entry(request, entry)
    if request.method != "POST":
        return _page(request, Dossier(found, contest_time(request)), data=kept(request))
    dossier = Dossier(found, contest_time(request))
    if not dossier.led_by(user):
        raise PermissionDenied
    try:
        problems = EligibilityForms(dossier, request.POST, request.FILES).keep(by=user)
        dossier = Dossier(found, contest_time(request))
        if "submit" in request.POST and not problems:
            submit_claims(found, by=user)
    except Refused as refused:
        dossier = Dossier(found, contest_time(request))
        problems = at_conditions(refused.problems, dossier)
    forget(request)
    if problems:
        return _page(request, dossier, data=request.POST, problems=problems)
    sent = "submit" in request.POST
    messages.success(request, "已提交，赛道联系人会再审核" if sent else "参赛条件和证明已保存")
    return redirect("entry", entry=entry)


def _page(
    request: HttpRequest, dossier: Dossier, *, data: Any = None, problems: list[Problem] | None = None
) -> HttpResponse:
    page = EligibilityForms(dossier, data)
    page.show(problems or [])
    load_pages(claim.file for claim in dossier.claims)
    returned = [one.correct_until for one in dossier.claims if one.state == "returned" and one.correct_until]
    found = {
        "entry": dossier.entry,
        "dossier": dossier,
        "page": page,
        "problems": problems,
        "restored": data is not None and problems is None,
        "acts": dossier.led_by(signed_in(request)),
        "due": min(returned) if returned else None,  # the first of those sent back
    }
    return render(request, "registrations/entries/eligibility.html", found, status=422 if problems else 200)


def _proof(request: HttpRequest, pk: int) -> StoredFile:
    """Evidence that has passed its check, for the entry's people, the contacts of its track, the organiser."""
    passed = EligibilityClaim.objects.filter(file__check_result__state=PASSED)
    found = get_object_or_404(passed.visible_to(signed_in(request)).select_related("file"), pk=pk)
    if found.file is None:
        raise Http404
    return found.file


@login_required
@require_safe
def evidence(request: HttpRequest, claim: int) -> FileAnswer:
    """A file of evidence byte for byte, as a download."""
    return serve(request, _proof(request, claim))


@login_required
@require_safe
@vary_on_cookie
def evidence_page(request: HttpRequest, claim: int, derived: int) -> FileAnswer:
    """A page of it, drawn anew."""
    return show(request, get_object_or_404(_proof(request, claim).derived.select_related("stored"), pk=derived))
