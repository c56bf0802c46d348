"""The public front page, composed by phase: which channel is open, who does what now, how the year goes."""

from datetime import datetime

from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from awards.models import AwardList
from awards.states import PUBLIC
from core.links import link_to
from tracks.announcement_pages import Shown
from tracks.channels import channels
from tracks.current import contest_time, edition_page
from tracks.models import Announcement, Edition
from tracks.pages import organisers_by_role, quota_rows
from tracks.sheets import recommendation_form
from tracks.wording import cite

from . import phases
from .stages import Results, stage
from .todos import todos

NEWS = 3  # on the front page


def newest(edition: Edition, now: datetime) -> list[Shown]:
    """The announcements that the front page lists: one query."""
    found = Announcement.objects.news().public(now).filter(edition=edition).select_related("track")
    return [Shown(one, now) for one in found[:NEWS]]


def results_of(edition: Edition) -> Results:
    """What has become of the edition's prizes: one query."""
    public = Q(state__in=PUBLIC)
    found = AwardList.objects.filter(edition=edition).aggregate(
        opens=Min("opens_at", filter=public),
        closes=Max("closes_at", filter=public),
        every=Count("pk"),
        final=Count("pk", filter=Q(state="final")),
    )
    return Results(found["opens"], found["closes"], settled=0 < found["every"] == found["final"])


@require_safe
@edition_page
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The home page; everything on it comes from the edition, its milestones and contest time."""
    rulebook, calendar, now = edition.rulebook, edition.calendar, contest_time(request)
    here = stage(rulebook, calendar, now, results_of(edition))
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
            "stage": here,
            "todos": todos(rulebook, calendar, here),
            "year": phases.year(rulebook, calendar, now),
            "year_source": cite(milestone.source for milestone in rulebook.milestones[:1]),
            "quotas": [row for row in rows if not row.closed],
            "closed": [row for row in rows if row.closed],
            "quota_source": cite(row.source for row in rows if not row.closed),
            "track_source": cite(track.source for track in rulebook.tracks),
            "organisers": organisers_by_role(rulebook),
            "form": recommendation_form(rulebook),
            "news": newest(edition, now),
            "site_address": link_to("home"),
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
