"""What the contest is, for everybody: tracks, quotas and team names, schedule, downloads."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import pages, sheets
from .channels import channels
from .current import contest_time, edition_page
from .models import Edition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@edition_page
def tracks(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The tracks with their conditions, the categories, what a prize is called."""
    return render(request, "portal/tracks.html", {"rulebook": edition.rulebook})


@require_safe
@edition_page
def quota(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Who may recommend how many, and what teams are called."""
    rows = pages.quota_rows(edition.rulebook)
    return render(request, "portal/quota.html", {"rulebook": edition.rulebook, "rows": rows})


@require_safe
@edition_page
def schedule(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every milestone in order of time, and both channels as they stand."""
    now = contest_time(request)
    context = {
        "rulebook": edition.rulebook,
        "now": now,
        "channels": channels(edition.rulebook, edition.calendar, now),
        "milestones": pages.schedule_rows(edition.rulebook, edition.calendar, now),
    }
    return render(request, "portal/schedule.html", context)


@require_safe
@edition_page
def downloads(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What can be taken home: the official blank form."""
    form = sheets.recommendation_form(edition.rulebook)
    return render(request, "portal/downloads.html", {"rulebook": edition.rulebook, "form": form})


@require_safe
@edition_page
def blank_form(request: HttpRequest, edition: Edition) -> HttpResponse:
    """附件2 as an empty workbook."""
    form = sheets.recommendation_form(edition.rulebook)
    if form is None:
        raise Http404("本届没有推荐申报表")
    response = HttpResponse(sheets.blank_form(edition.rulebook, form), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(form.name)}.xlsx"
    return response
