"""The clerk's other pages: one row of the 推荐申报表 in full, what is done to a whole row, and colleagues."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.accounts.access import signed_in
from core.accounts.models import User
from core.accounts.views import InvitationView
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused, errors
from tracks.models import Edition
from tracks.wording import name_parts

from .. import states
from ..forms import InviteForm, ReturnPlacesForm, RowForm
from ..lines import CONFIRMABLE
from ..models import OfficerInvitation, Recommendation, RecommendationRow, Unit
from ..pages import SheetPage
from ..rules import judge_name
from ..services import adoption, recommending, units
from ..services.facts import FormFacts
from .keeping import forget, kept, login_or_keep


def form_of(request: HttpRequest, unit_id: int) -> tuple[Recommendation, FormFacts]:
    """The officer's form in the current edition; 404 for anybody else."""
    unit = get_object_or_404(Unit.objects.filter(officers__user=signed_in(request)), pk=unit_id)
    edition = get_object_or_404(Edition, is_current=True)
    form = recommending.form_of(unit, edition, by=signed_in(request))
    form.unit, form.edition = unit, edition
    return form, facts_of(form)


def row_of(request: HttpRequest, row_id: int) -> tuple[RecommendationRow, FormFacts]:
    """One of the officer's own rows; 404 for anybody else's."""
    rows = RecommendationRow.objects.filter(recommendation__unit__officers__user=signed_in(request))
    row = get_object_or_404(rows.select_related("recommendation__unit", "recommendation__edition", "track"), pk=row_id)
    return row, facts_of(row.recommendation)


def facts_of(form: Recommendation) -> FormFacts:
    """The form's rules; 403 in plain words for a unit that this edition does not know."""
    try:
        return FormFacts(form)
    except Refused as refused:
        raise PermissionDenied(str(refused)) from refused


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def row_new(request: HttpRequest, unit: int) -> HttpResponse:
    """Add a row."""
    form, facts = form_of(request, unit)
    return _edit(request, form, facts, None)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def row_edit(request: HttpRequest, row: int) -> HttpResponse:
    """Change a draft or a returned row."""
    found, facts = row_of(request, row)
    if found.state not in states.EDITABLE:
        messages.warning(request, f"第 {found.position} 行{found.get_state_display()}，不能再改；如需修改，请先撤回")
        return redirect("recommendation", unit=found.recommendation.unit_id)
    return _edit(request, found.recommendation, facts, found)


def _edit(request: HttpRequest, form: Recommendation, facts: FormFacts, row: RecommendationRow | None) -> HttpResponse:
    """One row: whatever is typed is kept as a draft; what is wrong is said beside its field."""
    waiting = None if request.method == "POST" else kept(request)
    row_form = RowForm(facts, row, request.POST if request.method == "POST" else waiting)
    problems = facts.unanswered(row) + facts.problems(row) + facts_of(form).duplicates(row) if row else []
    if request.method == "POST":
        try:
            row = recommending.save_row(
                form, row_form.values(adopt="adopt" in request.POST), by=signed_in(request), row=row
            )
        except Refused as refused:
            problems = refused.problems
        else:
            forget(request)
            found = errors(facts.unanswered(row) + facts.problems(row) + facts.duplicates(row))
            wrong = [problem for problem in found if problem.code != CONFIRMABLE]  # confirmed on the grid
            if not wrong or "later" in request.POST:
                messages.success(request, f"第 {row.position} 行已保存")
                return redirect(reverse("recommendation", kwargs={"unit": form.unit_id}) + f"#r{row.pk}")
            messages.success(request, f"已保存，填的内容都在。改好下面 {len(wrong)} 处就可以提交")
            return redirect("row_edit", row=row.pk)
    row_form.show([] if waiting else problems)  # they are the stored row's, not those of what was typed
    category = facts.rulebook.unit_category(facts.quota.category)
    page = {
        "form": form,
        "row": row,
        "row_form": row_form,
        "kept": waiting is not None,
        "title": f"修改第 {row.position} 行" if row else "添加一行",
        "suggestion": judge_name(facts.naming, row.team_name).suggestion if row and row.team_name else "",
        "category": category,
        "templates": [name_parts(template, facts.rulebook.naming) for template in category.team_names],
    }
    return render(request, "registrations/row.html", page)


class Deed(NamedTuple):
    """What can be done to a whole row."""

    act: Callable[..., None]
    ask: str  # what the confirmation page says will happen; "" where none is needed
    label: str
    done: str


DEEDS = {
    "delete": Deed(recommending.delete_row, "这一行草稿会被删除，不能恢复。", "删除", "已删除"),
    "withdraw": Deed(
        recommending.withdraw_row,
        "名额会空出来，审核结果作废。之后可以恢复为草稿，但须在推荐截止前重新提交。",
        "撤回",
        "已撤回，名额已空出",
    ),
    "restore": Deed(recommending.restore_row, "", "恢复", "已恢复为草稿"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def row_do(request: HttpRequest, row: int, verb: str) -> HttpResponse:
    """Delete, withdraw or restore a row; GET says what will happen, POST does it."""
    found, _ = row_of(request, row)
    deed = DEEDS[verb]
    if request.method != "POST":
        page = {"form": found.recommendation, "row": found, "deed": deed}
        return render(request, "registrations/confirm.html", page)
    try:
        deed.act(found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"第 {found.position} 行{deed.done}")
    return redirect("recommendation", unit=found.recommendation.unit_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def colleagues(request: HttpRequest, unit: int) -> HttpResponse:
    """Who fills in for the unit, and a colleague to invite."""
    form, _ = form_of(request, unit)
    invite = InviteForm(request.POST or None)
    if request.method == "POST" and invite.is_valid():
        try:
            units.invite_officer(form.unit, by=signed_in(request), **invite.cleaned_data)
        except Refused as refused:
            show_problems(invite, refused.problems)
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


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def return_places(request: HttpRequest, unit: int) -> HttpResponse:
    """提前退回名额: places that the unit will not use."""
    form, facts = form_of(request, unit)
    asked = ReturnPlacesForm(SheetPage(form, facts).spare, request.POST or None)
    if request.method == "POST" and asked.is_valid():
        count = asked.cleaned_data["count"]
        try:
            adoption.return_places(facts.quota, count, by=signed_in(request))
        except Refused as refused:
            show_problems(asked, refused.problems, otherwise="count")
        else:
            messages.success(request, f"已退回 {count} 个名额，谢谢。组委会可以把它们给别的单位")
            return redirect("recommendation", unit=unit)
    page = {"form": form, "asked": asked, "quota": facts.quota}
    return render(request, "registrations/return_places.html", page, status=422 if asked.errors else 200)


class OfficerInvitationView(InvitationView[OfficerInvitation]):
    """The page behind an officer's invitation."""

    model = OfficerInvitation

    def offer(self, invitation: OfficerInvitation) -> str:
        """An officer of the unit."""
        return f"{invitation.unit.full_name}的填报人"

    def take_up(self, invitation: OfficerInvitation, user: User) -> None:
        """Join the unit."""
        units.join(invitation, by=user)

    def done_url(self, invitation: OfficerInvitation) -> str:
        """The unit's form."""
        return reverse("recommendation", kwargs={"unit": invitation.unit_id})
