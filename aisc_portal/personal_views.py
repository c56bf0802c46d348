"""我的个人信息: what is kept, why and how long; a copy in one click; consents; asking that it be deleted."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.access import signed_in
from core.idempotency import once
from core.problems import Problem, Refused
from registrations.personal import KINDS
from registrations.personal_models import Consent
from registrations.services import consenting, personal_requests
from registrations.services.personal_retention import Term, terms
from tracks.current import current_edition
from tracks.wording import last_instant

from . import personal as composed


@dataclass(frozen=True)
class Line:
    """What is kept, why, and until when."""

    what: str
    why: str
    how_long: str

    @classmethod
    def of(cls, term: Term) -> "Line":
        """In the words of the edition's term."""
        kind = KINDS[term.data]
        until = f"（到 {last_instant(term.until):%Y 年 %-m 月 %-d 日}）" if term.until else ""
        return cls(kind.label, kind.why, f"{term.after}结束后 {term.months} 个月{until}，到期自动清理")


@dataclass(frozen=True)
class Given:
    """A consent as its giver sees it."""

    consent: Consent
    title: str
    required: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def personal(request: HttpRequest) -> HttpResponse:
    """The page; sent back, it asks for deletion or takes that back."""
    user, problems, typed = signed_in(request), list[Problem](), request.POST.get("reason", "")
    waiting = personal_requests.open_request(user)
    if request.method == "POST":
        try:
            if "cancel" in request.POST and waiting:
                personal_requests.cancel(waiting, by=user)
                messages.success(request, "已取消删除申请")
            elif "ask" in request.POST:
                personal_requests.ask(user, typed, by=user)
                messages.success(request, "已收到删除申请，组委会处理后会通知您")
            return redirect("personal")
        except Refused as refused:
            problems = refused.problems
    edition = current_edition(request)
    page = {
        "lines": [Line.of(term) for term in terms(edition)] if edition else [],
        "waiting": waiting,
        "answered": user.deletion_requests.filter(state="refused").first() if not waiting else None,
        "problems": problems,
        "typed": typed,
    }
    return render(request, "portal/personal.html", page, status=422 if problems else 200)


@login_required
@require_POST
def export(request: HttpRequest) -> FileResponse:
    """One's own data as a ZIP."""
    user = signed_in(request)
    archive = composed.export(user, by=user)
    return FileResponse(archive, as_attachment=True, filename="我的信息.zip", content_type="application/zip")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def consents(request: HttpRequest) -> HttpResponse:
    """Which texts were accepted, in which version, when; the optional ones can be taken back."""
    user, problems = signed_in(request), list[Problem]()
    mine = user.consents.select_related("edition").order_by("-given_at", "-pk")
    if request.method == "POST":
        key = request.POST.get("consent", "")
        found = get_object_or_404(mine, pk=key if key.isdecimal() and len(key) < 19 else 0)
        try:
            consenting.withdraw(found, by=user)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, "已撤回同意")
            return redirect("consents")
    given = [Given(consent, consenting.title_of(consent), consenting.required(consent)) for consent in mine]
    page = {"given": given, "problems": problems}
    return render(request, "portal/personal_consents.html", page, status=422 if problems else 200)
