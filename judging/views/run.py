"""The organiser's run sheet: one big button for each next step, for a tablet; and the ballots' desk."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import signed_in
from core.accounts.models import User
from core.forms import show_problems
from core.idempotency import once
from core.links import link_to
from core.problems import Problem, Refused
from core.sheets import write_xlsx

from ..access import runs
from ..forms import SessionForm, TokensForm
from ..live_qr import code_of
from ..live_state import Hall, look_now
from ..models import Round, Session
from ..rules.drawing import ALGORITHM
from ..services import live, revealing, setting_aside, tokens
from ..services.facts import count_of
from ..sheets import EVIDENCE, evidence_rows
from .downloads import attachment

PAGE = 40  # tokens on a printed page


def of_hall(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view a session that this organiser runs, by its code; 404 to everybody else."""

    @login_required
    @never_cache
    @wraps(view)
    def page(request: HttpRequest, code: str) -> HttpResponseBase:
        user = signed_in(request)
        sessions = Session.objects.visible_to(user).select_related("round__category", "round__edition", "round__track")
        return view(request, get_object_or_404(sessions, code=code.upper()), user)

    return page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def live_setup(request: HttpRequest, roadshow: int) -> HttpResponse:
    """Set the hall of a roadshow up; afterwards its run sheet opens."""
    user = signed_in(request)
    rounds = Round.objects.visible_to(user).filter(kind="roadshow").select_related("category", "edition", "track")
    found = get_object_or_404(rounds, pk=roadshow)
    if not runs(user, found):
        raise Http404
    session = Session.objects.filter(round=found).first()
    public = found.panels.filter(kind="public").first()
    initial = {"identity": public.identity or "phone"} if public and session is None else {}
    form = SessionForm(request.POST or None, instance=session, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = live.save_session(found, form.cleaned_data, by=user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            messages.success(request, f"已保存，会场码 {made.code}")
            return redirect("live_run", code=made.code)
    page = {"round": found, "form": form, "session": session, "edition": found.edition}
    return render(request, "judging/live/setup.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@of_hall
@once
def live_run(request: HttpRequest, session: Session, user: User) -> HttpResponse:
    """主控台: where the hall stands and what comes next. `do` says what was pressed."""
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _do(request, session, user)
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("live_run", code=session.code)
    hall = look_now(session.code)
    found = revealing.groups(session.round)
    page = {
        "session": session,
        "hall": hall,
        "problems": problems,
        "seed": request.POST.get("seed", ""),
        "algorithm": ALGORITHM,
        "reveal_total": sum(len(group.works) for group in found),
        "steps": revealing.STEPS,
        "next": _next(hall) if hall else "",
        "edition": session.round.edition,
    }
    return render(request, "judging/live/run.html", page, status=422 if problems else 200)


def _next(hall: Hall) -> str:
    """The button that usually comes next; the others stay where they are."""
    team = "team" if hall.following else "end"
    each = "open" if hall.window == "team" else team
    usual = {"pitch": "questions", "questions": "scoring", "scoring": each, "voting": team, "waiting": team}
    return "close" if hall.voting else usual.get(hall.phase, team)


def _do(request: HttpRequest, session: Session, user: User) -> None:
    """One button."""
    verb, _, said = request.POST.get("do", "").partition(":")
    match verb:
        case "seed":
            live.publish_seed(session, request.POST.get("seed", ""), by=user)
        case "draw":
            live.draw_order(session, by=user)
        case "start":
            live.start(session, by=user)
        case "end":
            live.end(session, by=user)
        case "resume":
            live.resume(session, by=user)
        case "team" if said.isdecimal():
            live.go(session, "pitch", get_object_or_404(session.turns, position=int(said[:4])), by=user)
        case "phase":
            live.go(session, said, by=user)
        case "pause":
            live.pause(session, by=user)
        case "time":
            live.add_time(session, {"more": 60, "less": -30}.get(said, 0), by=user)
        case "open":
            live.open_voting(session, by=user)
        case "close":
            live.close_voting(session, by=user)
        case "reveal":
            revealing.reveal(session, said, by=user)
        case _:
            raise Refused(Problem("do.unknown", "没有这个按钮，请刷新页面"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_hall
@once
def live_ballots(request: HttpRequest, session: Session, user: User) -> HttpResponse:
    """可疑选票: groups with their reasons; set aside or take back, with a reason. Shows no votes by work."""
    problems: list[Problem] = []
    if request.method == "POST":
        picked = set(request.POST.getlist("ballots"))
        aside = request.POST.get("do") == "quarantine"
        ids = setting_aside.grouped(session, picked) if aside else setting_aside.set_aside_for(session, picked)
        deed = setting_aside.quarantine if aside else setting_aside.release
        try:
            count = deed(session, ids, reason=request.POST.get("reason", ""), by=user)
        except Refused as refused:
            problems = refused.problems
        else:
            told = f" {count} 张" if session.state == "ended" or session.window == "end" else "所选"
            messages.success(request, f"已{'隔离' if aside else '恢复'}{told}选票")
            return redirect("live_ballots", code=session.code)
    hall = look_now(session.code)
    away = setting_aside.away(session)
    groups = [one for one in setting_aside.suspicious(session) if not away.keys() >= set(one.ballots)]
    page = {
        "session": session,
        "groups": groups,
        "aside": Counter(away.values()).most_common(),
        "told": hall.told if hall else None,
        "count": count_of(session) if session.state == "ended" else None,
        "problems": problems,
        "reason": request.POST.get("reason", ""),
        "picked": request.POST.getlist("ballots"),
        "edition": session.round.edition,
    }
    return render(request, "judging/live/ballots.html", page, status=422 if problems else 200)


@require_safe
@of_hall
def live_evidence(request: HttpRequest, session: Session, user: User) -> HttpResponse:
    """Every ballot with hashes, times, suspicions and what was decided, as a workbook."""
    if session.state != "ended":
        raise Http404  # it holds the choices
    rows = evidence_rows(setting_aside.evidence(session, by=user), session)
    content = write_xlsx(EVIDENCE, rows, title=f"{session.round} 选票证据（{timezone.localtime():%Y-%m-%d %H:%M}）")
    return attachment(content, f"{session.round}-选票证据.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@of_hall
@once
def live_tokens(request: HttpRequest, session: Session, user: User) -> HttpResponse:
    """Make printed tokens, and print a page of them."""
    if session.identity != "token":
        raise Http404
    form = TokensForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = tokens.issue(session, form.cleaned_data["count"], by=user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            messages.success(request, f"已制 {len(made)} 个投票码")
            return redirect("live_tokens", code=session.code)
    asked = request.GET.get("page", "")
    pages = -(-session.tokens // PAGE)
    number = min(max(int(asked) if asked.isdecimal() and len(asked) < 6 else 1, 1), max(pages, 1))
    numbers = range((number - 1) * PAGE + 1, min(number * PAGE, session.tokens) + 1)
    link = link_to("vote", session.code)
    slips = [(token, code_of(f"{link}#{token}")) for token in tokens.tokens(session, numbers)]
    page: dict[str, Any] = {"session": session, "form": form, "slips": slips, "pages": range(1, pages + 1)}
    page |= {"number": number, "edition": session.round.edition}
    return render(request, "judging/live/tokens.html", page, status=422 if form.errors else 200)
