"""The public votes on its phones: come in by code, show who one is, one tap. The ballot's own path asks one query."""

import secrets
from functools import lru_cache
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.contacts import normalise_phone
from core.caching import never_kept
from core.idempotency import once
from core.problems import Problem, Refused
from core.short_way import wants_json

from .. import live_limits
from ..live_state import Hall, look
from ..services import balloting, voters, wechat
from ..services.voters import HOLDS, Voter
from .hall import hall_or_404

DEVICE = "device"  # cookie: a random number of this browser's, kept as a hash with its ballots
DEVICE_DAYS = 3
WAY = "wechat-way"  # cookie: ties the way back from WeChat to the browser that left
TOO_OFTEN = Problem("ballot.too_often", "操作太频繁，请过几分钟再试")
NOT_KNOWN = Problem("voter.unknown", "请先验证身份再投票")
CODE_SENT = Problem("code.sent", "刚发过一条，请先填收到的验证码；还没收到的，过一分钟再重发，或找工作人员", "number")
CODE_TOO_OFTEN = Problem("code.too_often", "获取验证码太频繁，请过一分钟再试；收不到短信请找工作人员", "phone")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def vote_enter(request: HttpRequest) -> HttpResponse:
    """Who cannot scan types the code on the big screen."""
    typed = request.POST.get("code", "").strip().upper()
    problems = []
    if request.method == "POST":
        if typed and look(typed):
            return redirect("vote", code=typed)
        problems = [Problem("code.unknown", "没有这个会场码。请照大屏幕上的 4 位码填写", "code")]
    return render(request, "judging/live/enter.html", {"problems": problems, "typed": typed}, status=_status(problems))


@require_http_methods(["GET", "HEAD", "POST"])
@never_kept
@once
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """The voter's page; a POST casts the ballot, answered in JSON to our script and by a redirect to a plain form."""
    scripted = request.method == "POST" and wants_json(request)  # shows no page
    hall = hall_or_404(code, counting=not scripted)
    voter = voter_of(request, hall)
    if request.method != "POST":
        return _page(request, hall, voter)
    try:
        receipt = _cast(request, hall, voter)
    except Refused as refused:
        if scripted:
            said = [problem.message for problem in refused.problems]
            return JsonResponse({"problems": said, "codes": refused.codes}, status=409)
        return _page(request, hall, voter, refused.problems)
    if scripted:
        return JsonResponse({"receipt": receipt})
    return redirect("vote", code=hall.code)


@require_POST
@never_cache
@once
def vote_code(request: HttpRequest, code: str) -> HttpResponse:
    """Text six digits to the phone; then the page asks for them."""
    hall = hall_or_404(code)
    typed = request.POST.get("phone", "")[:30]
    try:
        phone = _phone(typed)
        _count(request, hall, phone)
        voters.send_code(hall, phone)
    except Refused as refused:
        return _page(request, hall, None, refused.problems, phone=typed, sent=CODE_SENT.code in refused.codes)
    return _page(request, hall, None, phone=typed, sent=True)


@require_POST
@never_cache
@once
def vote_verify(request: HttpRequest, code: str) -> HttpResponse:
    """The six digits, or a printed token: from here on this browser votes for that identity."""
    hall = hall_or_404(code)
    device = request.COOKIES.get(DEVICE, "")
    typed = request.POST.get("phone", "")[:30]
    try:
        if not ratelimit.consume(request, action="ballot_device", key=f"try:{device or secrets.token_hex(8)}"):
            raise Refused(TOO_OFTEN)
        if hall.identity == "wechat":
            raise Refused(NOT_KNOWN)
        if hall.identity == "token":
            voter = voters.check_token(hall, request.POST.get("token", "")[:40], device)
        else:
            voter = voters.check_code(hall, _phone(typed), request.POST.get("number", "")[:10], device)
    except Refused as refused:
        return _page(request, hall, None, refused.problems, phone=typed, sent=True)
    answer = redirect("vote", code=hall.code)
    remember(answer, request, voter)
    return answer


@require_safe
@never_cache
def vote_wechat(request: HttpRequest, code: str) -> HttpResponse:
    """Off to WeChat, which asks nothing and sends the browser back. A link, since our forms lead nowhere else."""
    hall = hall_or_404(code)
    try:
        where, nonce = wechat.way_out(hall)
    except Refused as refused:
        return _page(request, hall, None, refused.problems)
    answer = HttpResponseRedirect(where)
    answer.set_cookie(WAY, nonce, max_age=wechat.WAY_SECONDS, **_own(request))
    return answer


@require_safe
@never_cache
def vote_wechat_back(request: HttpRequest, code: str) -> HttpResponse:
    """Back from WeChat: from here on this browser votes for the openid that it names."""
    hall = hall_or_404(code)
    device = request.COOKIES.get(DEVICE, "")
    given = (request.GET.get("code", "")[:200], request.GET.get("state", "")[:500], request.COOKIES.get(WAY, ""))
    try:
        if not ratelimit.consume(request, action="ballot_device", key=f"try:{device or secrets.token_hex(8)}"):
            raise Refused(TOO_OFTEN)
        voter = wechat.come_back(hall, *given, device)
    except Refused as refused:
        return _page(request, hall, None, refused.problems)
    answer = redirect("vote", code=hall.code)
    remember(answer, request, voter)
    answer.delete_cookie(WAY, path=reverse("vote_enter"))
    return answer


def voter_of(request: HttpRequest, hall: Hall) -> Voter | None:
    """Who this browser votes for in this hall; None before they were verified."""
    cookie = request.COOKIES.get(cookie_of(hall), "")
    return voters.unseal(cookie, hall.code) if cookie else None


def cookie_of(hall: Hall) -> str:
    """The cookie's name."""
    return f"voter-{hall.code}"


def remember(answer: HttpResponse, request: HttpRequest, voter: Voter) -> None:
    """Keep the voter in a cookie of their own; no session is written."""
    answer.set_cookie(f"voter-{voter.code}", voters.seal(voter), max_age=HOLDS, **_own(request))


def _own(request: HttpRequest) -> Any:
    """How the voters' cookies are kept."""
    return {"path": reverse("vote_enter"), "secure": request.is_secure(), "httponly": True, "samesite": "Lax"}


def _cast(request: HttpRequest, hall: Hall, voter: Voter | None) -> str:
    if voter is None:
        raise Refused(NOT_KNOWN)
    if not live_limits.allows(voter.identity):
        raise Refused(TOO_OFTEN)
    chosen = [int(one) for one in request.POST.getlist("team") if one.isdecimal() and len(one) < 10]
    return balloting.cast(hall, voter, chosen, _address(request))


def _page(
    request: HttpRequest,
    hall: Hall,
    voter: Voter | None,
    problems: list[Problem] | None = None,
    *,
    phone: str = "",
    sent: bool = False,
) -> HttpResponse:
    cast = voters.ballots_of(voter) if voter else []
    positions = {stop.pk: stop.position for stop in hall.order}
    mine = [
        (balloting.receipt_of(one.pk), "、".join(f"第 {positions[pk]} 队" for pk in one.choices if pk in positions))
        for one in cast
    ]
    chosen = {pk for one in cast for pk in one.choices}
    page = {
        "hall": hall,
        "voter": voter,
        "mine": mine,
        "chosen": chosen,
        "left": range(len(mine) + 1, hall.most + 1) if hall.window == "team" else (),
        "done": bool(cast) if hall.window == "end" else len(cast) >= hall.most,
        "here": hall.current is not None and hall.current.pk in chosen,
        "problems": problems or [],
        "phone": phone,
        "sent": sent,
    }
    template = "vote" if voter else "join"
    answer = render(request, f"judging/live/{template}.html", page, status=_status(problems or []))
    if DEVICE not in request.COOKIES:
        answer.set_cookie(DEVICE, secrets.token_hex(16), max_age=DEVICE_DAYS * 86400, **_own(request))
    return answer


def _phone(typed: str) -> str:
    try:
        return normalise_phone(typed)
    except ValueError as error:
        raise Refused(Problem("phone.wrong", str(error), "phone")) from error


def _count(request: HttpRequest, hall: Hall, phone: str) -> None:
    """By phone, by browser and by hall; never by address."""
    if hall.identity != "phone":
        raise Refused(NOT_KNOWN)
    if not ratelimit.consume(request, action="ballot_code", key=f"{hall.code}:{phone}"):
        raise Refused(CODE_SENT)
    device = request.COOKIES.get(DEVICE)
    if device and not ratelimit.consume(request, action="ballot_device", key=f"code:{device}"):
        raise Refused(CODE_TOO_OFTEN)
    if not ratelimit.consume(request, action="ballot_hall", key=hall.code):
        raise Refused(TOO_OFTEN)


def _address(request: HttpRequest) -> str:
    meta = request.META
    return _told(meta.get("HTTP_X_FORWARDED_FOR"), meta.get("REMOTE_ADDR"), settings.ALLAUTH_TRUSTED_PROXY_COUNT)


@lru_cache(maxsize=256)
def _told(forwarded: str | None, peer: str | None, proxies: int) -> str:
    """The address that stands behind both, so many proxies of ours between; kept, since a hall shares one."""
    asked = HttpRequest()
    told = {"HTTP_X_FORWARDED_FOR": forwarded, "REMOTE_ADDR": peer}
    asked.META = {name: value for name, value in told.items() if value is not None}
    try:
        return str(get_adapter().get_client_ip(asked))
    except PermissionDenied:  # a socket without one
        return ""


def _status(problems: list[Problem]) -> int:
    return 422 if problems else 200
