"""A work's pages for its people: begin, fill in, hand in, versions, take back. Its files: `work_files`."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.accounts.access import signed_in
from core.idempotency import once
from core.problems import Problem, Refused
from tracks.current import about, contest_time
from tracks.wording import end

from ..anonymous_pages import AnonymousPage
from ..rules.material_words import limits_of
from ..services import anonymising, work_files, works
from ..services.dossier import Dossier
from ..services.work_dossier import WorkDossier, content_of, files_of
from ..work_forms import AnonymousForm, WorkForm, WorkWithdrawForm
from ..work_models import Work, WorkVersion
from ..work_pages import WorkPage, version_page
from .entries import acting_for
from .keeping import forget, kept, login_or_keep

FOLDER = "registrations/works"


def own_work(request: HttpRequest, pk: int, *, acting: bool = False) -> WorkDossier:
    """A work of one of the user's entries; 404 for strangers. acting: 403 for all but the representative."""
    user = signed_in(request)
    mine = Work.objects.filter(entry__people__user=user, entry__people__left_at=None)
    found = get_object_or_404(mine.select_related("entry__edition", "entry__track", "entry__row", "current"), pk=pk)
    found.edition = found.entry.edition
    about(request, found.edition)
    if acting and not Dossier(found.entry).led_by(user):
        raise PermissionDenied("只有队伍代表可以办理，请把需要修改的地方告诉代表")
    return WorkDossier(found, contest_time(request))


# --- Begin ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def work_begin(request: HttpRequest, entry: int, category: str) -> HttpResponse:
    """What a work of this category consists of, with every limit; the button begins it."""
    dossier = acting_for(request, entry)
    rule = next((c for c in dossier.rulebook.categories if c.code == category), None)
    if rule is None or category not in dossier.entry.categories:
        raise Http404
    if there := dossier.entry.works.filter(category=category).first():
        return redirect("work", work=there.pk)
    closed = works.beginnable(dossier.entry, category)
    if request.method == "POST":
        try:
            begun = works.begin_work(dossier.entry, category, by=signed_in(request))
        except Refused as refused:
            closed = refused.problems
        else:
            messages.success(request, "可以开始填写了，写下的内容会自动保存")
            return redirect("work", work=begun.pk)
    materials = [(material, limits_of(material)) for material in dossier.rulebook.materials_for(category)]
    page = {"dossier": dossier, "entry": dossier.entry, "category": rule, "materials": materials, "closed": closed}
    page["window"] = dossier.edition.window("submit", category)
    return render(request, f"{FOLDER}/begin.html", page, status=422 if request.method == "POST" else 200)


# --- Fill in ----------------------------------------------------------------------------------------------


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def work(request: HttpRequest, work: int) -> HttpResponse:
    """The work with everything that belongs to it; its representative fills it in."""
    dossier, user = own_work(request, work, acting=request.method == "POST"), signed_in(request)
    waiting = kept(request)
    form = WorkForm(dossier, request.POST if request.method == "POST" else waiting)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            works.save_work(dossier.work, form.values(), by=user)
        except Refused as refused:
            problems = refused.problems
            form.refuse(problems)
        else:
            forget(request)
            messages.success(request, "已保存")
            return redirect("work_submit" if "next" in request.POST else "work", work=work)
    page = WorkPage(dossier, user, form)
    found = {"page": page, "problems": problems, "kept": waiting is not None and request.method != "POST"}
    return render(request, f"{FOLDER}/work.html", found, status=422 if problems else 200)


@login_or_keep
@require_POST
def work_keep(request: HttpRequest, work: int) -> JsonResponse:
    """Autosave: keeps the fields that came, and says what the rules find in them."""
    dossier = own_work(request, work, acting=True)
    form = WorkForm(dossier, request.POST)
    try:
        saved = works.save_work(dossier.work, form.values(), by=signed_in(request))
    except Refused as refused:
        return JsonResponse({"problems": [_told(problem) for problem in refused.problems]}, status=422)
    fresh = WorkDossier(saved, dossier.now)
    named = {name.removeprefix("m_") for name in request.POST}
    found = [problem for problem in fresh.field_problems() if problem.field in named]
    at = clock.now().astimezone(clock.BEIJING)
    return JsonResponse({"saved": f"{at:%H:%M:%S}", "problems": [_told(problem) for problem in found]})


def _told(problem: Problem) -> dict[str, str]:
    return {"field": problem.field, "message": problem.message, "level": problem.level}


# --- Hand in ----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def work_submit(request: HttpRequest, work: int) -> HttpResponse:
    """此刻提交会怎样, and the button."""
    dossier = own_work(request, work, acting=True)
    work_files.check_now(dossier)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            version = works.submit_work(dossier.work, by=signed_in(request), seen=request.POST.get("seen", ""))
        except Refused as refused:
            problems = [problem for problem in refused.problems if problem.code == works.CHANGED.code]
            dossier = own_work(request, work, acting=True)
        else:
            messages.success(request, f"第 {version.number} 版已提交，回执已发给全队")
            return redirect("work_version", work=work, number=version.number)
    page = WorkPage(dossier, signed_in(request))
    found = {"page": page, "problems": problems, "seen": dossier.content.digest}
    return render(request, f"{FOLDER}/submit.html", found, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def work_version(request: HttpRequest, work: int, number: int) -> HttpResponse:
    """One version as it was handed in, with its receipt."""
    dossier, version = _version(request, work, number)
    return render(request, f"{FOLDER}/version.html", {"page": version_page(dossier, version), "dossier": dossier})


@login_required
@require_safe
def work_manifest(request: HttpRequest, work: int, number: int) -> HttpResponse:
    """The manifest as a file: its SHA-256 is the receipt, which anybody can work out again."""
    dossier, version = _version(request, work, number)
    if version.erased_at:
        raise Http404
    content = content_of(version, files_of(version))
    text = content.manifest(number=dossier.work.number, version=number, at=version.submitted_at)
    response = HttpResponse(text.encode(), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{dossier.work.number}-v{number}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _version(request: HttpRequest, work: int, number: int) -> tuple[WorkDossier, WorkVersion]:
    dossier = own_work(request, work)
    version = get_object_or_404(dossier.work.versions.select_related("submitted_by"), number=number)
    version.work = dossier.work
    return dossier, version


# --- Take back --------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def work_withdraw(request: HttpRequest, work: int) -> HttpResponse:
    """撤回作品: GET says what will happen, POST does it."""
    dossier = own_work(request, work, acting=True)
    form, problems = WorkWithdrawForm(request.POST or None), list[Problem]()
    if request.method == "POST" and form.is_valid():
        try:
            works.withdraw_work(dossier.work, by=signed_in(request), reason=form.cleaned_data["reason"].strip())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            until = dossier.standing.closes
            when = f"{end(until)} 前" if until else "截止前"
            messages.success(request, f"作品已撤回，各个版本都还在。{when}可以恢复为草稿，再提交")
        return redirect("work", work=work)
    page = {"page": WorkPage(dossier, signed_in(request)), "form": form, "problems": problems}
    return render(request, f"{FOLDER}/withdraw.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def work_restore(request: HttpRequest, work: int) -> HttpResponse:
    """Make a draft of it again."""
    dossier = own_work(request, work, acting=True)
    try:
        works.restore_work(dossier.work, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已恢复为草稿，核对后请再提交一次")
    return redirect("work", work=work)


# --- Without names ------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def work_anonymous(request: HttpRequest, work: int) -> HttpResponse:
    """匿名版: where the contact asked for it, texts and files without names for blind judging."""
    dossier, user = own_work(request, work, acting=True), signed_in(request)
    if dossier.work.anonymous_asked_at is None:
        raise Http404
    form = AnonymousForm(dossier, request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            anonymising.save_anonymous(dossier.work, form.cleaned_data, by=user)
            if "give" in request.POST:
                work_files.check_now(dossier)
                anonymising.give_anonymous(dossier.work, by=user)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, "匿名版已提交" if "give" in request.POST else "已保存")
            return redirect("work" if "give" in request.POST else "work_anonymous", work=work)
    page: dict[str, Any] = {"page": AnonymousPage(dossier, user), "form": form, "problems": problems}
    return render(request, f"{FOLDER}/anonymous.html", page, status=422 if problems or form.errors else 200)
