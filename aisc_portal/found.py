"""What search engines are told: a map of the public pages, and what to leave alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from awards.models import AwardLine, AwardList
from awards.wall import shown_prizes
from core import clock
from core.links import link_to
from tracks.models import Announcement, Edition

from .guides import GUIDES

PAGES = (
    "home", "tracks", "quota", "schedule", "announcements", "questions", "downloads", "guides", "training",
    "leaderboard", "rankings", "publicity", "wall", "editions", "verify", "privacy", "accessibility",
)  # fmt: skip
CLOSED = ("/admin/", "/accounts/", "/account/", "/desk/", "/entries/", "/units/", "/judge/", "/vote/", "/verify/")


class _Ours(Sitemap):
    """Addresses come from SITE_URL, never from the request (T1)."""

    def get_protocol(self, protocol: str | None = None) -> str:
        """As SITE_URL has it."""
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        """The host of SITE_URL."""
        return urlsplit(settings.SITE_URL).netloc


class Pages(_Ours):
    """The pages that are always there, and the guides."""

    def items(self) -> list[str]:
        """Their paths."""
        return [*map(reverse, PAGES), *(reverse("guide", kwargs={"who": slug}) for slug in GUIDES)]

    def location(self, item: Any) -> str:
        """As they are."""
        return str(item)


class News(_Ours):
    """Published announcements of every edition."""

    limit = 1000

    def items(self) -> Iterable[Announcement]:
        """The newest first."""
        return Announcement.objects.news().public(clock.now())

    def location(self, item: Any) -> str:
        """Its page."""
        return reverse("announcement", kwargs={"news": item.pk})

    def lastmod(self, item: Announcement) -> datetime:
        """When its words changed."""
        return item.changed_at


class Lists(_Ours):
    """Announced lists of winners."""

    def items(self) -> Iterable[AwardList]:
        """Of every edition."""
        return AwardList.objects.public().order_by("pk")

    def location(self, item: Any) -> str:
        """Its page."""
        return reverse("publicity_list", kwargs={"award_list": item.pk})


class Works(_Ours):
    """The works on the walls of every edition."""

    def items(self) -> list[AwardLine]:
        """Those that may be shown."""
        return [line for edition in Edition.objects.order_by("pk") for line in shown_prizes(edition)]

    def location(self, item: Any) -> str:
        """Its page."""
        return reverse("wall_work", kwargs={"prize": item.pk})


SITEMAPS = {"pages": Pages, "news": News, "lists": Lists, "works": Works}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing that needs an account; where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {link_to('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
