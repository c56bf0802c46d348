"""Earlier editions under their own address: what came of them, to read; nothing can be done there any more."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from awards.models import AwardList
from awards.views.wall import page_of
from awards.wall import shown_prizes
from tracks.announcement_pages import Shown
from tracks.current import about, contest_time
from tracks.models import Announcement, Edition
from tracks.pages import organisers_by_role


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition that was opened, the current one first, then the latest."""
    found = Edition.objects.opened().annotate(lists=Count("award_lists")).order_by("-is_current", "-pk")
    return render(request, "portal/editions.html", {"editions": found})


@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """One edition: its lists of winners, announcements, works and who ran it."""
    found = _edition(request, slug)
    now = contest_time(request)
    lists = AwardList.objects.public().filter(edition=found).select_related("edition", "category", "track")
    news = Announcement.objects.news().public(now).filter(edition=found).select_related("track")
    context = {
        "shown_edition": found,
        "rulebook": found.rulebook,
        "lists": lists,
        "news": [Shown(one, now) for one in news],
        "works": shown_prizes(found).exists(),
        "organisers": organisers_by_role(found.rulebook),
    }
    return render(request, "portal/edition.html", context)


@require_safe
def edition_works(request: HttpRequest, slug: str) -> HttpResponse:
    """Its works."""
    return page_of(request, _edition(request, slug))


def _edition(request: HttpRequest, slug: str) -> Edition:
    found = get_object_or_404(Edition.objects.opened(), slug=slug)
    about(request, found)
    return found
