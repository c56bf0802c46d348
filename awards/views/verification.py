"""查验证书: for whoever scans the code on one, or types its number and the name; no account, no script."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from core.accounts.limits import consume, seconds_until_free
from core.forms import show_problems
from core.idempotency import once
from core.problems import Problem, Refused
from judging.views.downloads import attachment
from tracks.current import dressed_as

from .. import verification
from ..certificates.offline import offline_page
from ..forms import VerifyForm
from ..verification import Finding

LIMIT = "certificate_lookup"
FRESH = 60  # seconds that a browser or a proxy may go on showing what it was told


@require_safe
@conditional_page
def verify_code(request: HttpRequest, payload: str) -> HttpResponse:
    """The page behind the QR: the signature first, which costs no question to the database, then one.

    The same for everybody, without forms, so that it may be kept: see `FRESH`.
    """
    found: Finding | None = None
    problems: list[Problem] = []
    try:
        found = verification.by_payload(payload)
    except Refused as refused:
        problems = refused.problems
    dressed_as(request, found.edition if found else None)
    page = {"found": found, "problems": problems}
    return _told(render(request, "awards/verify_code.html", page, status=422 if problems else 200))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def verify(request: HttpRequest) -> HttpResponse:
    """Number and name, typed. Numbers are without gaps: tries are counted by address, and no answer says which of the
    two was wrong. `?number=` fills in the number, for whoever has scanned it and holds the paper.
    """
    form = VerifyForm(request.POST if request.method == "POST" else None, initial={"number": request.GET.get("number")})
    found: Finding | None = None
    if request.method == "POST" and form.is_valid():
        if not consume(request, app="allauth.account", action=LIMIT):
            return _too_often(request, form)
        try:
            found = verification.by_name(form.cleaned_data["number"], form.cleaned_data["name"])
        except Refused as refused:
            show_problems(form, refused.problems)
    status = 422 if form.errors else 200
    answer = render(request, "awards/verify.html", {"form": form, "found": found}, status=status)
    return _unlisted(answer)


@require_safe
def verify_offline(request: HttpRequest) -> HttpResponse:
    """The offline page, as a file to keep."""
    return attachment(offline_page().encode(), "证书离线查验.html", "text/html; charset=utf-8")


def _too_often(request: HttpRequest, form: VerifyForm) -> HttpResponse:
    """What was typed is kept; it was not looked up."""
    seconds = seconds_until_free(request, LIMIT) or 1
    said = f"这个网络查得太频繁了，请 {math.ceil(seconds / 60)} 分钟后再查。扫证书上的二维码查验不受限制"
    show_problems(form, [Problem("certificate.too_often", said)])
    answer = render(request, "awards/verify.html", {"form": form, "found": None}, status=429)
    answer["Retry-After"] = str(seconds)
    return _unlisted(answer)


def _told(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, public=True, max_age=FRESH)
    return _unlisted(answer)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """The address holds a name: no search engine keeps it."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
