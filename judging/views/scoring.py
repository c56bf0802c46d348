"""Scoring in the browser: one work a screen, its previews, the form, and the endpoint of the offline queue.

The queue (`static/js/judge-queue.js`) sends what the form sends, with a key of its own, and reads JSON: 200 with the
sheet's version; 409 when somebody saved in between, with what is stored; 422 when it cannot be stored as it is.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie

from core import clock
from core.accounts.access import signed_in
from core.accounts.models import User
from core.files.derived.models import Derived
from core.files.serving import FileAnswer, show
from core.idempotency import once
from core.problems import Problem, Refused
from registrations.views.keeping import forget, kept, login_or_keep

from ..judge_desk import why_gone
from ..live_state import Hall, look
from ..models import Assignment, Judge, Round, ScoreSheet, Session
from ..rules.ranking.numbers import plain
from ..rules.weights import Weighed, dimensions_of, quick_scores
from ..score_forms import Typed, read
from ..score_page import ScorePage
from ..services import scoring
from ..works_shown import preview_of

LEAVING = {"recuse": "judge_recuse", "abstain": "judge_abstain"}
SHOWN = ("round__category", "round__edition", "round__track", "judge", "candidate__version__work")
# For good: sending the same again changes nothing.
FINAL = {"assignment.released", "round.closed", "round.window", "sheet.signed"}


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def judge_work(request: HttpRequest, assignment: int) -> HttpResponse:
    """One work: media, rubric, words; what was typed comes back whatever happens to it."""
    user = signed_in(request)
    held = Assignment.objects.of(user).select_related(*SHOWN).filter(pk=assignment).first()
    if held is None:
        return _gone(request, user, assignment)
    if request.method == "POST":
        return _taken(request, held, user)
    left = kept(request)
    return _shown(request, ScorePage(held, typed=read(left) if left else None))


def _taken(request: HttpRequest, held: Assignment, user: User) -> HttpResponse:
    """Keep what was typed, then go where the button leads."""
    forget(request)
    typed = read(request.POST)
    page = ScorePage(held, typed=typed)
    if typed.do == "resume":
        return _resumed(request, held, user)
    leaves = typed.do not in ("save", "submit")
    if not (leaves and (not page.editable or _unchanged(page, typed))):
        try:
            scoring.refuse_if(typed.problems)
            scoring.save(
                held, typed.marks, typed.comment, by=user, submit=typed.do == "submit", base=typed.base, mine=typed.mine
            )
        except Refused as refused:
            stale = "sheet.stale" in refused.codes
            again = ScorePage(held, typed=typed, problems=refused.problems, stale=stale)
            return _shown(request, again, status=409 if stale else 422)
    return _onward(request, page, typed.do)


def _unchanged(page: ScorePage, typed: Typed) -> bool:
    stored = {code: plain(points) for code, points in typed.marks.items()}
    return not typed.problems and stored == page.stored and typed.comment == (page.sheet.comment if page.sheet else "")


def _resumed(request: HttpRequest, held: Assignment, user: User) -> HttpResponse:
    try:
        scoring.resume(held, by=user)
    except Refused as refused:
        return _shown(request, ScorePage(held, problems=refused.problems), status=422)
    messages.success(request, "可以继续评分了")
    return redirect("judge_work", assignment=held.pk)


def _onward(request: HttpRequest, page: ScorePage, do: str) -> HttpResponse:
    """After saving: the next or previous work, a page that asks first, or here."""
    if do in LEAVING:
        return redirect(LEAVING[do], assignment=page.held.pk)
    beside = {"next": page.following, "prev": page.preceding}.get(do)
    if beside:
        return redirect("judge_work", assignment=beside.assignment.pk)
    if do == "submit":
        messages.success(request, f"作品 {page.held.code} 已提交，签名前还可以修改")
        if page.todo is None:
            return redirect("judge_sign", judge=page.held.judge_id)
        if (hall := _hall_of(page.round)) and hall.current:
            return redirect("judge_live", code=hall.code)  # which names the team on the stage, now and next
        return redirect("judge_work", assignment=page.todo.assignment.pk)
    if do == "save":
        messages.success(request, f"已暂存 {clock.now():%H:%M:%S}")
    return redirect("judge_work", assignment=page.held.pk)


def _shown(request: HttpRequest, page: ScorePage, status: int = 200) -> HttpResponse:
    return render(request, "judging/work.html", {"page": page, "hall": _hall_of(page.round)}, status=status)


def _hall_of(round_: Round) -> Hall | None:
    """The hall of a roadshow, until it has ended: the page says when another team is on the stage."""
    if round_.kind != "roadshow":
        return None
    code = Session.objects.filter(round=round_).exclude(state="ended").values_list("code", flat=True).first()
    return look(code) if code else None


def _gone(request: HttpRequest, user: User, assignment: int) -> HttpResponse:
    """A work that was before this judge once: why it no longer is, and what was typed. Raises Http404 for others."""
    problem = why_gone(user, assignment)
    if problem is None:
        raise Http404
    typed = read(request.POST) if request.method == "POST" else None
    return render(request, "judging/gone.html", {"problem": problem, "typed": typed}, status=404)


@login_or_keep
@require_POST
@never_cache
def judge_sheet(request: HttpRequest, assignment: int) -> HttpResponseBase:
    """One sending of the queue; the same key again changes nothing and gives the same answer."""
    user, typed = signed_in(request), read(request.POST)
    try:
        scoring.refuse_if(typed.problems)
        sheet = scoring.save(
            Assignment(pk=assignment),
            typed.marks,
            typed.comment,
            by=user,
            submit=typed.do == "submit",
            key=typed.key,
            base=typed.base,
            mine=typed.mine,
        )
    except Refused as refused:
        return _refusal(user, assignment, refused)
    return JsonResponse(_told(sheet))


def _refusal(user: User, assignment: int, refused: Refused) -> JsonResponse:
    problems = refused.problems
    if "assignment.released" in refused.codes:
        problem = why_gone(user, assignment)
        if problem is None:
            raise Http404
        problems = [problem]
    said: dict[str, Any] = {
        "problems": [{"code": one.code, "message": one.message, "field": one.field} for one in problems],
        "final": bool(FINAL & set(refused.codes)),
    }
    if "sheet.stale" not in refused.codes:
        return JsonResponse(said, status=422)
    stored = ScoreSheet.objects.of(user).prefetch_related("marks__criterion").filter(assignment=assignment).first()
    if stored:
        marks = {mark.criterion.code: plain(mark.points) for mark in stored.marks.all()}
        said["stored"] = _told(stored) | {"marks": marks, "comment": stored.comment}
    return JsonResponse(said, status=409)


def _told(sheet: ScoreSheet) -> dict[str, Any]:
    """What the page has to know of a stored sheet."""
    return {
        "version": sheet.version,
        "state": sheet.state,
        "total": None if sheet.total is None else f"{sheet.total:.4f}",
        "saved_at": f"{sheet.saved_at.astimezone(clock.BEIJING):%H:%M:%S}",
    }


@login_required
@require_safe
@vary_on_cookie
def judge_file(request: HttpRequest, assignment: int, derived: int) -> FileAnswer:
    """A preview of a file of the work, under a name that tells nothing; with ranges."""
    user = signed_in(request)
    held = get_object_or_404(Assignment.objects.of(user).select_related(*SHOWN), pk=assignment)
    one = get_object_or_404(Derived.objects.select_related("stored"), pk=derived)
    shown = preview_of(held, one)
    if shown is None:
        raise Http404
    return show(request, shown)


@login_required
@require_safe
@never_cache
def judge_criteria(request: HttpRequest, judge: int) -> HttpResponse:
    """评分标准: what is asked, what it weighs, how the total is made, keys."""
    found = get_object_or_404(
        Judge.objects.active().filter(user=signed_in(request)).select_related("round__category", "round__track"),
        pk=judge,
    )
    criteria = [Weighed(c.code, c.name, c.dimension, c.share, c.counts) for c in found.round.criteria.all()]
    page = {"judge": found, "dimensions": dimensions_of(criteria), "quick": quick_scores(found.round.points_max)}
    return render(request, "judging/criteria.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def judge_abstain(request: HttpRequest, assignment: int) -> HttpResponse:
    """弃权: without a conflict, yet one cannot judge this work; the reason is asked for."""
    user = signed_in(request)
    held = get_object_or_404(
        Assignment.objects.of(user).select_related("round__category", "round__track"), pk=assignment
    )
    problems: list[Problem] = []
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            scoring.abstain(held, reason, by=user)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, f"作品 {held.code} 已弃权，签名前可以撤销")
            return redirect("judge_work", assignment=held.pk)
    page = {"assignment": held, "problems": problems, "reason": reason}
    return render(request, "judging/abstain.html", page, status=422 if problems else 200)
