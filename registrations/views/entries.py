"""The participant's own entry: begin it, change it, enter it, leave. Where it stands is `aisc_portal.progress`."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.accounts.access import signed_in
from core.idempotency import once
from core.problems import Problem, Refused
from tracks.channels import REGISTER
from tracks.current import contest_time, edition_page
from tracks.models import Edition

from ..blocks import page_of
from ..entry_forms import PLACES, EntryForm, SubmitForm, WithdrawForm
from ..entry_reads import all_own
from ..rules.entering import fixed_fields
from ..services import consenting, entering
from ..services.dossier import Dossier
from ..ways import ways
from .keeping import forget, kept, login_or_keep
from .team import own_entry

FOLDER = "registrations/entries"


# --- Begin ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@edition_page
def enter(request: HttpRequest, edition: Edition) -> HttpResponse:
    """报名: the ways in for everybody; the form of an open registration for whoever is signed in."""
    if request.method != "POST" and not request.user.is_authenticated:
        return _enter_page(request, edition)
    return cast(HttpResponse, _begin(request, edition))  # no file


@login_or_keep
@once
def _begin(request: HttpRequest, edition: Edition) -> HttpResponse:
    user, waiting = signed_in(request), kept(request)
    sent = request.POST if request.method == "POST" else waiting
    form = EntryForm(edition, sent, initial={"name": user.real_name, "track": request.GET.get("track", "")})
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            entry = entering.open_entry(edition, form.values(), by=user)
        except Refused as refused:
            problems = refused.problems
            form.refuse(problems)
        else:
            forget(request)
            messages.success(request, "报名已建好，填的内容都已保存。再补齐下面几项，就可以提交")
            return redirect("entry", entry=entry.pk)
    return _enter_page(request, edition, form=form, kept=waiting is not None and request.method != "POST")


def _enter_page(
    request: HttpRequest, edition: Edition, *, form: EntryForm | None = None, kept: bool = False
) -> HttpResponse:
    page: dict[str, object] = {"form": form, "kept": kept, "edition": edition, "rule": edition.rulebook.entry}
    page |= {"now": contest_time(request), "ways": ways(edition, contest_time(request))}
    page["own"] = page["ways"].get(REGISTER)  # type: ignore[attr-defined]
    if form is not None:
        user = signed_in(request)
        said = entering.recommendations_of(edition, user, form.data.get("name", ""))
        page["recommended"] = next((problem for problem in said if problem.blocks), None)
        page["expected"] = next((problem for problem in said if not problem.blocks), None)
        page["mine"] = all_own(user, edition.pk)
        page["one_each"] = edition.rulebook.entry.one_track_per_person and edition.rulebook.entry.several_categories
    return render(request, f"{FOLDER}/enter.html", page, status=422 if form and form.errors and not kept else 200)


# --- Change -----------------------------------------------------------------------------------------------


def acting_for(request: HttpRequest, pk: int) -> Dossier:
    """One of the user's entries, as its representative; 404 for strangers, 403 for its other people."""
    dossier = Dossier(own_entry(request, pk), contest_time(request))
    if not dossier.led_by(signed_in(request)):
        raise PermissionDenied("只有队伍代表可以办理，请把需要修改的地方告诉代表")
    return dossier


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def entry_edit(request: HttpRequest, entry: int) -> HttpResponse:
    """报名信息, as long as it may change; what is fixed by now is shown."""
    dossier, waiting = acting_for(request, entry), kept(request)
    fixed = fixed_fields(dossier.entry.state, recommended=dossier.entry.row_id is not None)
    closed = entering.changeable(dossier.entry, dossier.now)
    form = EntryForm.of(dossier, request.POST if request.method == "POST" else waiting, fixed=fixed)
    if request.method == "POST" and form.is_valid():
        try:
            entering.save_entry(dossier.entry, form.values(), by=signed_in(request))
        except Refused as refused:
            form.refuse(refused.problems)
        else:
            forget(request)
            messages.success(request, "已保存")
            return redirect("entry", entry=entry)
    problems = [p.at(PLACES.get(p.field, p.field)) for p in dossier.own_problems()] if not form.is_bound else []
    page = {"dossier": dossier, "entry": dossier.entry, "form": form, "fixed": fixed, "closed": closed}
    page |= {"problems": problems, "kept": waiting is not None and request.method != "POST"}
    refused_now = request.method == "POST" and form.errors
    return render(request, f"{FOLDER}/edit.html", page, status=422 if refused_now else 200)


# --- Enter ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def entry_submit(request: HttpRequest, entry: int) -> HttpResponse:
    """此刻提交会怎样, the texts to accept, and the button."""
    dossier = acting_for(request, entry)
    if dossier.entry.state != "draft":
        messages.info(request, f"这份报名{dossier.entry.get_state_display()}，不用再提交")
        return redirect("entry", entry=entry)
    form = SubmitForm(dossier.texts, request.POST)
    if request.method == "POST":
        try:
            entering.enter(dossier.entry, by=signed_in(request), accepted=form.ticked)
        except Refused as refused:
            if any(not problem.field for problem in refused.problems):
                messages.error(request, str(refused))
        else:
            messages.success(request, f"报名已提交，编号 {dossier.entry.number}。{_what_next(dossier)}")
            return redirect("entry", entry=entry)
    closed = entering.changeable(dossier.entry, dossier.now)
    missing = [(problem, page_of(problem, dossier.entry)) for problem in dossier.missing()]
    unread = consenting.fresh(dossier.texts, dossier.consents)
    form = SubmitForm(unread, request.POST if request.method == "POST" else None)  # says what must be ticked
    page = {"dossier": dossier, "entry": dossier.entry, "form": form, "closed": closed, "missing": missing}
    return render(request, f"{FOLDER}/submit.html", page, status=422 if request.method == "POST" else 200)


def _what_next(dossier: Dossier) -> str:
    return f"{dossier.track.short_name}联系人审核后会通知您"


# --- Leave ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def entry_withdraw(request: HttpRequest, entry: int) -> HttpResponse:
    """退出比赛: GET says what will happen, POST does it."""
    dossier = acting_for(request, entry)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entering.withdraw_entry(dossier.entry, by=signed_in(request), reason=form.cleaned_data["reason"].strip())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("entry", entry=entry)
        messages.success(request, "已退出比赛。在报名截止前，可以重新报名")
        return redirect("enter")
    page = {"dossier": dossier, "entry": dossier.entry, "form": form}
    return render(request, f"{FOLDER}/withdraw.html", page, status=422 if form.errors else 200)
