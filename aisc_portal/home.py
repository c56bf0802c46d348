"""The public front page, composed by phase: which channel is open, who does what now, how the year goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tracks.channels import channels
from tracks.current import contest_time, edition_page
from tracks.models import Edition
from tracks.pages import organisers_by_role, quota_rows
from tracks.sheets import recommendation_form
from tracks.wording import cite

from . import phases
from .todos import todos


@require_safe
@edition_page
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The home page; everything on it comes from the edition, its milestones and contest time."""
    rulebook, calendar, now = edition.rulebook, edition.calendar, contest_time(request)
    ways = channels(rulebook, calendar, now)
    rows = quota_rows(rulebook)
    return render(
        request,
        "portal/home.html",
        {
            "rulebook": rulebook,
            "now": now,
            "channels": ways,
            "may_enter": any(way.state in {"coming", "open"} for way in ways),
            "channels_source": cite(way.source for way in ways),
            "phase": phases.phase(rulebook, calendar, now),
            "todos": todos(rulebook, calendar, now),
            "year": phases.year(rulebook, calendar, now),
            "year_source": cite(milestone.source for milestone in rulebook.milestones[:1]),
            "quotas": [row for row in rows if not row.closed],
            "closed": [row for row in rows if row.closed],
            "quota_source": cite(row.source for row in rows if not row.closed),
            "track_source": cite(track.source for track in rulebook.tracks),
            "organisers": organisers_by_role(rulebook),
            "form": recommendation_form(rulebook),
        },
    )


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps of a person and why."""
    return render(request, "portal/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the portal does for people who see or type with difficulty, and what it cannot yet."""
    return render(request, "portal/accessibility.html")
