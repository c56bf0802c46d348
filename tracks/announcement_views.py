"""公告, 常见问题与客服群, for everybody; and the feed of news (RSS)."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.decorators.http import require_safe

from core.files.derived.models import Derived
from core.files.serving import FileAnswer, serve, show
from core.files.states import PASSED
from core.links import link_to

from . import announcement_pages as pages
from .announcement_models import AnnouncementQuerySet
from .current import about, contest_time, edition_page
from .models import Announcement, AnnouncementFile, Edition, GroupCode

A_PAGE = 20
IN_FEED = 20


@require_safe
@edition_page
def announcements(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The newest first; of one track, those and what concerns everybody."""
    now = contest_time(request)
    found = Announcement.objects.news().public(now).filter(edition=edition).select_related("track")
    tracks = list(edition.tracks.all())
    track = next((one for one in tracks if one.code == request.GET.get("track")), None)
    if track:
        found = found.filter(track=track) | found.filter(track=None)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = [pages.Shown(one, now) for one in page]
    context = {"page": page, "shown": shown, "rulebook": edition.rulebook, "track": track}
    return render(request, "portal/announcements.html", context)


@require_safe
def announcement(request: HttpRequest, news: int) -> HttpResponse:
    """One announcement with its files. A draft, a scheduled or a withdrawn one is not there, for nobody."""
    found = get_object_or_404(_public(request).select_related("edition", "track"), pk=news)
    about(request, found.edition)
    pages.load_files([found])
    return render(request, "portal/announcement.html", {"shown": pages.Shown(found, contest_time(request))})


@require_safe
def announcement_file(request: HttpRequest, news: int, attached: int) -> FileAnswer:
    """An attachment as a download."""
    files = AnnouncementFile.objects.filter(announcement__in=_public(request), file__check_result__state=PASSED)
    return serve(request, get_object_or_404(files.select_related("file"), announcement=news, pk=attached).file)


@require_safe
def announcement_picture(request: HttpRequest, news: int, derived: int) -> FileAnswer:
    """A picture in the text, drawn anew."""
    files = AnnouncementFile.objects.filter(
        announcement__in=_public(request), announcement=news, file__check_result__state=PASSED
    )
    drawn = Derived.objects.filter(original__in=files.values("file")).select_related("stored")
    return show(request, get_object_or_404(drawn, pk=derived))


def _public(request: HttpRequest) -> AnnouncementQuerySet:
    return Announcement.objects.public(contest_time(request))


@require_safe
@edition_page
def questions(request: HttpRequest, edition: Edition) -> HttpResponse:
    """常见问题 by track, and how to reach somebody: mailboxes of the tracks, their groups' codes."""
    now = contest_time(request)
    found = list(Announcement.objects.questions().public(now).filter(edition=edition).select_related("track"))
    pages.load_files(found)
    shown = [pages.Shown(one, now) for one in found]
    tracks = list(edition.tracks.all())
    parts = [("所有赛道", [one for one in shown if one.row.track_id is None])]
    parts += [(track.name, [one for one in shown if one.row.track_id == track.pk]) for track in tracks]
    context = {"parts": [part for part in parts if part[1]], "groups": pages.groups_of(edition, now)}
    return render(request, "portal/questions.html", context)


@require_safe
def group_code(request: HttpRequest, group: int, derived: int) -> FileAnswer:
    """A customer group's code, until it runs out."""
    valid = GroupCode.objects.valid(contest_time(request)).filter(pk=group, file__check_result__state=PASSED)
    drawn = Derived.objects.filter(original__in=valid.values("file"), kind=Derived.Kind.PICTURE)
    return show(request, get_object_or_404(drawn.select_related("stored"), pk=derived))


class News(Feed):
    """The newest announcements of the current edition. Addresses come from SITE_URL, never from the request (T1)."""

    feed_type = Rss201rev2Feed
    language = "zh-CN"
    title = f"{settings.SITE_NAME} · 公告"
    description = "大赛公告：通知、日程变动、公示消息。"

    def link(self) -> str:
        """Where they are read."""
        return link_to("announcements")

    def feed_url(self) -> str:
        """The feed's own address."""
        return link_to("announcement_feed")

    def get_object(self, request: HttpRequest) -> tuple[HttpRequest, Edition | None]:
        """The request, for its contest time."""
        return request, Edition.objects.current()

    def items(self, asked: tuple[HttpRequest, Edition | None]) -> list[Announcement]:
        """The newest twenty."""
        request, edition = asked
        return list(Announcement.objects.news().public(contest_time(request)).filter(edition=edition)[:IN_FEED])

    def item_title(self, item: Announcement) -> str:
        """As it stands."""
        return item.title

    def item_description(self, item: Announcement) -> str:
        """Its beginning."""
        return pages.Shown(item, item.created_at).summary

    def item_link(self, item: Announcement) -> str:
        """Its page."""
        return link_to("announcement", news=item.pk)

    def item_pubdate(self, item: Announcement) -> datetime | None:
        """When it was published."""
        return item.published_at
