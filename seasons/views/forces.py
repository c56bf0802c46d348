"""A unit's volunteer forces for its clerk: all of them, one with its months and activities, and the forms."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import signed_in
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused
from registrations.models import Recommendation, Unit
from registrations.rules.naming import shown
from registrations.views.keeping import forget, kept, login_or_keep
from tracks.current import about, contest_time
from tracks.models import Edition

from ..force_forms import ActivityForm, ForceForm
from ..models import Force, ForceActivity
from ..services import force_facts, forces
from ..services.force_facts import Counts, Standing, Tabled

FOLDER = "seasons/forces"
SHOWN = 50  # activities and records on the page of a force


def own_unit(request: HttpRequest, pk: int) -> tuple[Unit, Edition]:
    """A unit of the user's in the current edition; 404 for anybody else's."""
    unit = get_object_or_404(Unit.objects.filter(officers__user=signed_in(request)), pk=pk)
    return unit, get_object_or_404(Edition, is_current=True)


def own_force(request: HttpRequest, pk: int) -> Force:
    """A force of one of the user's units; 404 for anybody else's."""
    mine = Force.objects.filter(unit__in=signed_in(request).offices.values("unit"))
    found = get_object_or_404(mine.select_related("unit", "edition"), pk=pk)
    about(request, found.edition)
    return found


@login_required
@require_safe
def unit_forces(request: HttpRequest, unit: int) -> HttpResponse:
    """The unit's forces with their badges and months."""
    found, edition = own_unit(request, unit)
    line = force_facts.tabled(found, edition)
    mine = list(Force.objects.filter(unit=found, edition=edition).order_by("committee"))
    for force in mine:
        force.edition = edition
    counts = Counts(edition, mine, contest_time(request))
    standings = [Standing(force, line, counts.of(force)) for force in mine]
    more = line is not None and (not any(not force.committee for force in mine) or line.committees)
    page = _frame(found, edition) | {"line": line, "standings": standings, "more": more}
    return render(request, f"{FOLDER}/list.html", page)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def force_new(request: HttpRequest, unit: int) -> HttpResponse:
    """Register one."""
    found, edition = own_unit(request, unit)
    line = force_facts.tabled(found, edition)
    if line is None:
        messages.info(request, str(forces.NONE.message))
        return redirect("unit_forces", unit=unit)
    return _edit(request, line, None)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def force_edit(request: HttpRequest, force: int) -> HttpResponse:
    """Change what is said of one."""
    found = own_force(request, force)
    line = force_facts.tabled(found.unit, found.edition)
    if line is None:
        messages.info(request, str(forces.NONE.message))
        return redirect("unit_forces", unit=found.unit_id)
    return _edit(request, line, found)


def _edit(request: HttpRequest, line: Tabled, force: Force | None) -> HttpResponse:
    waiting = kept(request)
    people = list(force_facts.people_of(line.unit, line.edition))
    form = ForceForm(line, people, request.POST if request.method == "POST" else waiting, force)
    if request.method == "POST" and form.is_valid():
        try:
            saved = forces.save(line.unit, line.edition, form.cleaned_data, by=signed_in(request), force=force)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "已保存")
            return redirect("force", force=saved.pk)
    page = _frame(line.unit, line.edition) | {"line": line, "force": force, "asked": form}
    page["names"] = [shown(line.naming, option) for option in range(len(line.naming.templates))]
    page["kept"] = waiting is not None and request.method != "POST"
    return render(request, f"{FOLDER}/edit.html", page, status=422 if form.errors and request.method == "POST" else 200)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def force(request: HttpRequest, force: int) -> HttpResponse:
    """One force: what is said of it, its months, what it did; a POST writes an activity down."""
    found = own_force(request, force)
    waiting = kept(request)
    form = ActivityForm(found, request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            forces.add_activity(found, form.values(), by=signed_in(request))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "已记下这次活动")
            return redirect("force", force=force)
    all_of_unit = Force.objects.filter(unit=found.unit_id, edition=found.edition_id)
    counts = Counts(found.edition, all_of_unit, contest_time(request))
    line = force_facts.tabled(found.unit, found.edition)
    kinds = {kind.code: kind.name for kind in found.edition.rulebook.activity_types}
    page = _frame(found.unit, found.edition) | {
        "force": found, "line": line, "standing": Standing(found, line, counts.of(found)), "asked": form,
        "areas": [kinds[code] for code in found.areas if code in kinds],
        "linked": found.linked.select_related("member__entry"),
        "activities": [(one, kinds.get(one.kind, "")) for one in found.activities.all()[:SHOWN]],
        "records": [
            (one, kinds.get(one.activity, ""))
            for one in force_facts.records_of(found).select_related("entry").order_by("-starts_at")[:SHOWN]
        ],
    }  # fmt: skip
    status = 422 if form.errors and request.method == "POST" else 200
    return render(request, f"{FOLDER}/force.html", page, status=status)


@login_required
@require_POST
@once
def force_activity_remove(request: HttpRequest, activity: int) -> HttpResponse:
    """Take a wrong one out."""
    mine = ForceActivity.objects.filter(force__unit__in=signed_in(request).offices.values("unit"))
    found = get_object_or_404(mine, pk=activity)
    forces.remove_activity(found, by=signed_in(request))
    messages.success(request, f"已删去“{found}”")
    return redirect("force", force=found.force_id)


def _frame(unit: Unit, edition: Edition) -> dict[str, Any]:
    """What the head of the clerk's pages needs: `form` leads to the unit's other pages."""
    return {"unit": unit, "edition": edition, "form": Recommendation(unit=unit, edition=edition)}
