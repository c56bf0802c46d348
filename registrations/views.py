"""The clerk's pages: the 推荐申报表, one row of it, and colleagues."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.accounts.contacts import mask_phone
from core.accounts.views import InvitationView
from core.audit.timeline import timeline
from core.problems import Problem, Refused
from tracks.models import Edition, TrackContact
from tracks.rulebook import Window
from tracks.wording import name_parts

from . import states
from .forms import InviteForm, RowForm, default_track_id
from .models import OfficerInvitation, Recommendation, RecommendationRow, Unit
from .rules import Places, check_places, check_window, judge_name
from .services import recommending, units
from .services.facts import FormFacts


def _form_of(request: HttpRequest, unit_id: int) -> tuple[Recommendation, FormFacts]:
    """The officer's form in the current edition; 404 for anybody else."""
    unit = get_object_or_404(Unit.objects.filter(officers__user=request.user), pk=unit_id)
    edition = get_object_or_404(Edition, is_current=True)
    form = recommending.form_of(unit, edition, by=request.user)
    form.unit, form.edition = unit, edition
    return form, FormFacts(form)


def _row_of(request: HttpRequest, row_id: int) -> tuple[RecommendationRow, FormFacts]:
    """One of the officer's own rows; 404 for anybody else's."""
    rows = RecommendationRow.objects.filter(recommendation__unit__officers__user=request.user)
    row = get_object_or_404(rows.select_related("recommendation__unit", "recommendation__edition", "track"), pk=row_id)
    return row, FormFacts(row.recommendation)


@login_required
@require_safe
def recommendation(request: HttpRequest, unit: int) -> HttpResponse:
    """填写推荐表: quota, steps, rows, what would happen if submitted now."""
    form, facts = _form_of(request, unit)
    return render(request, "registrations/recommendation.html", _sheet(form, facts))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row_new(request: HttpRequest, unit: int) -> HttpResponse:
    """Add a row."""
    form, facts = _form_of(request, unit)
    return _edit(request, form, facts, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row_edit(request: HttpRequest, row: int) -> HttpResponse:
    """Change a draft or a returned row."""
    found, facts = _row_of(request, row)
    if found.state not in states.EDITABLE:
        messages.warning(request, f"第 {found.position} 行{found.get_state_display()}，不能再改；如需修改，请先撤回")
        return redirect("recommendation", unit=found.recommendation.unit_id)
    return _edit(request, found.recommendation, facts, found)


def _edit(request: HttpRequest, form: Recommendation, facts: FormFacts, row: RecommendationRow | None) -> HttpResponse:
    """One row: whatever is typed is kept as a draft; what is wrong is said beside its field."""
    row_form = RowForm(facts, row, request.POST if request.method == "POST" else None)
    problems = facts.problems(row) if row else []
    if request.method == "POST":
        try:
            row = recommending.save_row(form, row_form.values(adopt="adopt" in request.POST), by=request.user, row=row)
        except Refused as refused:
            problems = refused.problems
        else:
            wrong = facts.problems(row)
            if not wrong or "later" in request.POST:
                messages.success(request, f"第 {row.position} 行已保存")
                return redirect(reverse("recommendation", kwargs={"unit": form.unit_id}) + f"#r{row.pk}")
            messages.success(request, f"已保存，填的内容都在。改好下面 {len(wrong)} 处就可以提交")
            return redirect("row_edit", row=row.pk)
    row_form.show(problems)
    category = facts.rulebook.unit_category(facts.quota.category)
    page = {
        "form": form,
        "row": row,
        "row_form": row_form,
        "title": f"修改第 {row.position} 行" if row else "添加一行",
        "suggestion": judge_name(facts.naming, row.team_name).suggestion if row and row.team_name else "",
        "category": category,
        "templates": [name_parts(template, facts.rulebook.naming) for template in category.team_names],
    }
    return render(request, "registrations/row.html", page)


@login_required
@require_POST
def row_do(request: HttpRequest, row: int, verb: str) -> HttpResponse:
    """Delete, withdraw or restore a row."""
    found, _ = _row_of(request, row)
    deeds = {"delete": recommending.delete_row, "withdraw": recommending.withdraw_row, "restore": recommending.restore_row}
    said = {"delete": "已删除", "withdraw": "已撤回，名额已空出", "restore": "已恢复为草稿"}
    try:
        deeds[verb](found, by=request.user)  # type: ignore[operator]
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"第 {found.position} 行{said[verb]}")
    return redirect("recommendation", unit=found.recommendation.unit_id)


@login_required
@require_POST
def submit(request: HttpRequest, unit: int) -> HttpResponse:
    """Submit the rows that are right and fit in; the page comes back with whatever is in the way."""
    form, facts = _form_of(request, unit)
    wanted = form.rows.filter(pk__in=[pk for pk in request.POST.getlist("row") if pk.isdigit()])
    try:
        done = recommending.submit_rows(form, wanted, by=request.user)
    except Refused as refused:
        page = _sheet(form, facts) | {"refusal": refused.problems}
        return render(request, "registrations/recommendation.html", page, status=422)
    messages.success(request, f"已提交 {len(done)} 行，赛道联系人会逐行审核，结果用邮件通知您")
    return redirect("recommendation", unit=unit)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest, unit: int) -> HttpResponse:
    """Who fills in for the unit, and a colleague to invite."""
    form, _ = _form_of(request, unit)
    invite = InviteForm(request.POST or None)
    if request.method == "POST" and invite.is_valid():
        try:
            units.invite_officer(form.unit, by=request.user, **invite.cleaned_data)
        except Refused as refused:
            for problem in refused.problems:
                invite.add_error(problem.field if problem.field in invite.fields else None, problem.message)
        else:
            messages.success(request, "邀请已发出，对方点开链接、登录后即可一起填报")
            return redirect("colleagues", unit=unit)
    page = {
        "form": form,
        "invite": invite,
        "officers": form.unit.officers.select_related("user"),
        "invitations": form.unit.invitations.open(),
    }
    return render(request, "registrations/colleagues.html", page)


class OfficerInvitationView(InvitationView[OfficerInvitation]):
    """The page behind an officer's invitation."""

    model = OfficerInvitation

    def offer(self, invitation: OfficerInvitation) -> str:
        return f"{invitation.unit.full_name}的填报人"

    def take_up(self, invitation: OfficerInvitation, user: Any) -> None:
        units.join(invitation, by=user)

    def done_url(self, invitation: OfficerInvitation) -> str:
        return reverse("recommendation", kwargs={"unit": invitation.unit_id})


def _sheet(form: Recommendation, facts: FormFacts) -> dict[str, Any]:
    """Everything the 推荐表 page shows; a constant number of queries, however many rows."""
    rows = list(form.rows.select_related("track"))
    left = max((facts.quota.limit or 0) - facts.quota.taken, 0)
    lines, ready, summary = [], [], []
    for row in rows:
        problems = facts.problems(row) if row.state in states.EDITABLE else []
        over = row.state == "draft" and not problems and sum(r.state == "draft" for r in ready) >= left
        if row.state in states.EDITABLE and not problems and not over:
            ready.append(row)
        edit = reverse("row_edit", kwargs={"row": row.pk})
        lines.append({"row": row, "problems": problems, "over": over, "phone": _shown_phone(row.phone), "edit": edit})
        summary += [Problem(p.code, f"第 {row.position} 行 {p.message}", f"r{row.pk}", p.level) for p in problems]
    over_count = sum(line["over"] for line in lines)
    drafts = sum(row.state == "draft" for row in rows)
    if over_count:
        summary += check_places(Places(facts.quota.limit, facts.quota.taken, sum(r.state == "draft" for r in ready) + over_count))
    category = facts.rulebook.unit_category(facts.quota.category)
    window, now = facts.edition.window("recommend"), clock.now()
    wrong = sum(bool(line["problems"]) for line in lines)
    can_submit = bool(ready) and (window.contains(now) or all(row.state == "returned" for row in ready))
    return {
        "form": form,
        "facts": facts,
        "category": category,
        "meta": f"{form.unit.full_name} · {category.name}",
        "lines": lines,
        "ready": ready,
        "over": over_count,
        "wrong": wrong,
        "drafts": drafts,
        "summary": summary,
        "window": window,
        "now": now,
        "can_submit": can_submit,
        "say": _say(len(ready), can_submit, window, now),
        "note": "；".join(filter(None, [f"{wrong} 行要改好才能交" if wrong else "", f"{over_count} 行超出名额，留作草稿" if over_count else ""])),
        "new_row": reverse("row_new", kwargs={"unit": form.unit_id}),
        "steps": _steps(rows, drafts),
        "moments": timeline(form, *rows, limit=6),
        "contacts": _contacts(facts, rows),
    }


def _say(ready: int, can_submit: bool, window: Window, now: datetime) -> str:
    """The bar's one sentence: what can be done right now."""
    if can_submit:
        return f"{ready} 行可以提交"
    if problems := check_window(window, now):
        return problems[0].message
    return "还没有可以提交的行"


def _shown_phone(phone: str) -> str:
    """Masked once it is a number; what is not one is shown as typed, so that it can be mended."""
    return mask_phone(phone) if phone.startswith("+") else phone


def _steps(rows: list[RecommendationRow], drafts: int) -> list[dict[str, str]]:
    held = [row for row in rows if row.state in states.HOLDS_A_PLACE]
    passed = sum(row.state == "approved" for row in rows)
    returned = sum(row.state == "returned" for row in rows)
    filling = drafts or not held
    review = {"name": "审核", "state": "todo", "note": "赛道联系人逐行审核"}
    if returned:
        review |= {"state": "fix", "note": f"{returned} 行退回，请补正"}
    elif held and not filling:
        review |= {"state": "done" if passed == len(held) else "now", "note": f"已通过 {passed} 行，共 {len(held)} 行"}
    fill = {"name": "填写", "state": "now" if filling else "done", "note": f"{len(held)} 行已提交，{drafts} 行草稿"}
    return [fill, review]


def _contacts(facts: FormFacts, rows: list[RecommendationRow]) -> list[TrackContact]:
    """Whom to ask: the contacts of the tracks that the rows are on, of the preset track before there are any."""
    tracks = {row.track_id for row in rows} or {default_track_id(facts)}
    return list(TrackContact.objects.filter(track_id__in=tracks).select_related("track", "user"))
