"""A judge comes in by a link, sees the works before them, hands one back (一键回避), signs in the end."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import signed_in
from core.accounts.models import User
from core.accounts.views import InvitationView
from core.idempotency import once
from core.problems import Problem, Refused

from ..judge_desk import desks_of
from ..models import Assignment, Judge, JudgeInvitation, Round
from ..services import judges, recusing, scoring
from .hall import hall_or_404


class JudgeInvitationView(InvitationView[JudgeInvitation]):
    """What an invited judge's link opens: which round, what they promise, and on to the first work."""

    model = JudgeInvitation
    template_name = "judging/invitation.html"
    may_decline = True

    def offer(self, invitation: JudgeInvitation) -> str:
        """“ A、B 类初评的评委”, a space before the letter; “三月：健康科普月 主题评审的评委”."""
        words = judges.rounds_in_words(invitation)
        return f"{' ' if words[0].isascii() else ''}{words}的评委"

    def asked(self, invitation: JudgeInvitation) -> dict[str, Any]:
        """The texts that this person has yet to accept."""
        user = self.request.user if isinstance(self.request.user, User) else None
        return {"texts": judges.promises_for(invitation.round.edition, user)}

    def take_up(self, invitation: JudgeInvitation, user: User) -> None:
        """In office."""
        ticked = [name.removeprefix("consent_") for name in self.request.POST if name.startswith("consent_")]
        judges.join(invitation, by=user, accepted=ticked)

    def turn_down(self, invitation: JudgeInvitation, user: User | None) -> None:
        """Somebody else is asked."""
        judges.decline(invitation, by=user)

    def done_url(self, invitation: JudgeInvitation) -> str:
        """The first work where there is one already, so that three taps lead from the link to it."""
        user = signed_in(self.request)
        works = Assignment.objects.of(user).filter(round__edition=invitation.round.edition_id, round__state="open")
        first = works.filter(sheet=None).order_by("round__position", "position", "pk").first()
        return reverse("judge_work", args=[first.pk]) if first else reverse("judge")


@login_required
@require_safe
@never_cache
def judge(request: HttpRequest) -> HttpResponse:
    """我的评审: per round the works before me and how far I am."""
    desks = desks_of(signed_in(request))
    return render(request, "judging/judge.html", {"desks": desks})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def judge_sign(request: HttpRequest, judge: int) -> HttpResponse:
    """All sheets once more, with their totals; one signature for all."""
    user = signed_in(request)
    mine = get_object_or_404(Judge.objects.active().filter(user=user), pk=judge)
    desk = next((one for one in desks_of(user) if one.judge == mine), None)
    problems: list[Problem] = []
    if request.method == "POST":
        if "agree" not in request.POST:
            problems = [Problem("sign.agree", "请勾选“以上评分是我独立作出的”", "agree")]
        else:
            try:
                count = scoring.sign(mine, by=user)
            except Refused as refused:
                problems = refused.problems
            else:
                messages.success(request, f"已签名 {count} 件，谢谢您。签名后不能再改，如需更正请联系组委会")
                return redirect("judge")
    page = {"desk": desk, "problems": problems}
    return render(request, "judging/sign.html", page, status=422 if problems else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@once
def judge_recuse(request: HttpRequest, assignment: int) -> HttpResponse:
    """一键回避: one confirmation, then the work is somebody else's."""
    user = signed_in(request)
    held = get_object_or_404(Assignment.objects.of(user).select_related("round__category"), pk=assignment)
    problems: list[Problem] = []
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        other = request.POST.get("other", "").strip()
        try:
            recusing.recuse(held, reason=other or reason, by=user)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, f"作品 {held.code} 已交回，会另请评委。您不会再看到它")
            return redirect("judge")
    page = {"assignment": held, "problems": problems, "reasons": REASONS, "reason": reason}
    return render(request, "judging/recuse.html", page, status=422 if problems else 200)


@login_required
@require_safe
@never_cache
def judge_live(request: HttpRequest, code: str) -> HttpResponse:
    """现场跟随: the team on the stage and this judge's sheet for it; the tablet follows by itself."""
    user = signed_in(request)
    hall = hall_or_404(code)
    round_ = get_object_or_404(Round.objects.judged_by(user).select_related("category", "edition"), pk=hall.round)
    labels = {stop.label: stop for stop in hall.order}
    held = Assignment.objects.of(user).filter(round=round_).select_related("sheet", "candidate__round__category")
    sheets = {labels[one.candidate.label].pk: one for one in held if one.candidate.label in labels}
    stops = [(stop, sheets.get(stop.pk)) for stop in hall.order]
    mine = sheets.get(hall.current.pk) if hall.current else None
    page = {"hall": hall, "mine": mine, "stops": stops, "edition": round_.edition, "round": round_}
    return render(request, "judging/live/judge.html", page)


REASONS = ("本人或亲属参与了这件作品", "本人是作者的老师或指导过这件作品", "作者与我同单位", "有其他利害关系")
