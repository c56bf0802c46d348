"""公示: the lists that are or were announced, for everybody."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.sheets import write_csv, write_xlsx
from judging.views.downloads import attachment
from tracks.current import about, contest_time, edition_page
from tracks.models import Edition

from ..models import AwardList
from ..publicity_page import Page
from ..services.entitling import next_mentors
from ..sheets import LIST, list_rows


@require_safe
@edition_page
def publicity(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every announced list of the edition, those still open for objections first."""
    lists = AwardList.objects.public().filter(edition=edition).select_related("edition", "category", "track")
    found = list(lists.annotate(versions_shown=Count("releases")).order_by("-closes_at", "position", "pk"))
    now = contest_time(request)
    shown = [(one, one.state == "published" and one.closes_at is not None and now < one.closes_at) for one in found]
    context = {"edition": edition, "found": sorted(shown, key=lambda pair: not pair[1])}
    return render(request, "awards/lists.html", context | {"mentors": next_mentors(edition)})


def of_public_list(request: HttpRequest, pk: int) -> Page:
    """A list that is or was announced, whoever asks: before, it is not there, not for the organiser either."""
    lists = AwardList.objects.public().select_related("edition", "category", "track")
    found = get_object_or_404(lists, pk=pk)
    about(request, found.edition)
    return Page(found, contest_time(request))


@require_safe
def publicity_list(request: HttpRequest, award_list: int) -> HttpResponse:
    """The text of the 公示, the list, the window, the way to object, and every later version's difference."""
    page = of_public_list(request, award_list)
    return render(request, "awards/list.html", {"page": page, "list": page.list, "edition": page.list.edition,
                                                "hosts": page.list.edition.rulebook.organisers_as("host")})  # fmt: skip


@require_safe
def publicity_sheet(request: HttpRequest, award_list: int) -> HttpResponse:
    """The last version as a workbook."""
    page = of_public_list(request, award_list)
    lines = page.lines.get(page.release.version_id, [])
    title = f"{page.list.edition.rulebook.edition.short_name} {page.list}（{page.release}）"
    return attachment(write_xlsx(LIST, list_rows(lines), title=title), f"{page.list}-{page.release}.xlsx")


@require_safe
def publicity_csv(request: HttpRequest, award_list: int) -> HttpResponse:
    """The same as CSV, for programs."""
    page = of_public_list(request, award_list)
    content = write_csv(LIST, list_rows(page.lines.get(page.release.version_id, [])))
    return attachment(content, f"{page.list}-{page.release}.csv", "text/csv; charset=utf-8")
