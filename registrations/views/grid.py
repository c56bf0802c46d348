"""The 推荐表 itself: one form for the whole grid, so that any button of it first saves whatever was typed.

Without a script each button is an ordinary submit. The grid's script sends the rows that changed with the header
`X-Sheet: 1` and gets JSON: when it was saved, the ids of new rows, and the parts of the page that look different now.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.accounts.access import signed_in
from core.accounts.models import User
from core.idempotency import once
from core.problems import Refused

from ..grid import read_grid, save_grid
from ..models import Recommendation, RecommendationRow
from ..pages import SheetPage
from ..rules import judge_name
from ..services import recommending, sheet
from ..services.facts import FormFacts
from .keeping import forget, from_script, kept, login_or_keep
from .sheet import facts_of, form_of, row_of

TEMPLATE = "registrations/recommendation.html"
ALWAYS_NEW = ("steps", "quota", "verdict", "bar")  # parts of the page that any change may touch
ASKED_FIRST = ("delete", "withdraw")  # deeds with a page of their own


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def recommendation(request: HttpRequest, unit: int) -> HttpResponse:
    """填写推荐表: quota, steps, the grid, and what would happen if it were submitted now."""
    form, facts = form_of(request, unit)
    if request.method == "POST":
        return _save_for_script(request, form, facts) if from_script(request) else _save(request, form, facts)
    page = SheetPage(form, facts, show_all="all" in request.GET, blanks=int("new" in request.GET))
    return render(request, TEMPLATE, {"page": page, "form": form, "kept": kept(request)})


def _save(request: HttpRequest, form: Recommendation, facts: FormFacts) -> HttpResponse:
    """Save what was typed, then do what the button says; whatever is in the way comes back with the page."""
    verb, _, token = request.POST.get("do", "save").partition(":")
    posted: QueryDict = request.POST
    if verb in ("restore_kept", "forget_kept"):
        posted = (kept(request) if verb == "restore_kept" else None) or QueryDict()
        forget(request)
    outcome = save_grid(form, facts, read_grid(posted, facts), by=signed_in(request))
    problems = outcome.problems
    anchor = next((f"#r{pk}" for pk in outcome.saved.values()), "#saved")
    if not outcome.problems:
        try:
            return _do(request, form, verb, token) or _back(request, form, anchor, len(outcome.saved))
        except Refused as refused:
            problems = refused.problems
    show_all = "all" in request.GET
    page = SheetPage(form, facts_of(form), problems, outcome=outcome, tried=verb, show_all=show_all)
    return render(request, TEMPLATE, {"page": page, "form": form}, status=422)


def _do(request: HttpRequest, form: Recommendation, verb: str, token: str) -> HttpResponse | None:
    """What a button does beside saving; None where that was all. Raises Refused."""
    by = signed_in(request)
    if verb == "submit":
        rows = form.rows.filter(pk__in=[pk for pk in request.POST.getlist("ready") if pk.isdecimal()])
        done = recommending.submit_rows(form, rows, by=by)
        stamped = form.edition.rulebook.recommendation.stamped_scan_required
        after = "接下来请打印盖章、上传扫描件，" if stamped else ""
        messages.success(request, f"已提交 {len(done)} 行。{after}赛道联系人会逐行审核，结果用邮件通知您")
        return _back(request, form, "")
    if verb == "add":
        return _back(request, form, "#new", more="?new=1")
    if verb == "check":
        return _back(request, form, "#verdict")
    if not token.isdecimal():
        return None
    row = get_object_or_404(form.rows, pk=token)
    if verb in ASKED_FIRST:
        return redirect("row_do", row=row.pk, verb=verb)
    _change(form, row, verb, by)
    return _back(request, form, f"#r{row.pk}")


def _change(form: Recommendation, row: RecommendationRow, verb: str, by: User) -> None:
    """One row's small deeds."""
    match verb:
        case "adopt":
            right = judge_name(facts_of(form).naming, row.team_name).suggestion
            if right:
                recommending.save_row(form, {"team_name": right}, by=by, row=row)
        case "confirm":
            sheet.confirm_phone(row, by=by)
        case "restore":
            recommending.restore_row(row, by=by)
        case "up" | "down":
            drafts = list(form.rows.filter(state="draft"))
            place = drafts.index(row) + (1 if verb == "down" else -1) if row in drafts else -1
            if 0 <= place < len(drafts):
                sheet.move_row(row, before=drafts[place], by=by)
        case "lift":
            if last := SheetPage(form, facts_of(form)).last_fitting:
                sheet.move_row(row, before=last, by=by)


def _back(request: HttpRequest, form: Recommendation, anchor: str, saved: int = 0, more: str = "") -> HttpResponse:
    if saved:
        messages.success(request, f"已保存 {saved} 行")
    query = more or ("?all=1" if "all" in request.GET else "")
    return redirect(reverse("recommendation", kwargs={"unit": form.unit_id}) + query + anchor)


def _save_for_script(request: HttpRequest, form: Recommendation, facts: FormFacts) -> HttpResponse:
    before = {line.token: line.signature for line in SheetPage(form, facts).lines}
    outcome = save_grid(form, facts, read_grid(request.POST, facts), by=signed_in(request))
    page = SheetPage(form, facts_of(form), outcome=outcome)
    mine = {*outcome.saved.values(), *outcome.typed}
    shown = [line for line in page.lines if line.row.pk in mine or before.get(line.token) != line.signature]
    told = {"page": page, "form": form}
    parts = {f"r{line.token}": _part(request, "line", told | {"line": line}) for line in shown}
    return JsonResponse(
        {
            "saved_at": f"{clock.now():%H:%M:%S}",
            "rows": outcome.saved,
            "refused": [str(pk) for pk in outcome.typed],
            "problems": [problem.message for problem in outcome.problems if not problem.field],
            "parts": parts | {name: _part(request, name, told) for name in ALWAYS_NEW},
        }
    )


def _part(request: HttpRequest, name: str, told: dict[str, object]) -> str:
    return render_to_string(f"registrations/sheet/_{name}.html", told, request)


@login_required
@require_POST
def row_phone(request: HttpRequest, row: int) -> HttpResponse:
    """The whole number of one of the officer's rows; that somebody looked is recorded."""
    found, _ = row_of(request, row)
    return JsonResponse({"phone": sheet.reveal_phone(found, by=signed_in(request)).removeprefix("+86")})
