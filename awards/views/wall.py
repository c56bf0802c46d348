"""作品展 for everybody: the wall, one work, its pictures."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.files.serving import FileAnswer, show
from core.links import absolute
from tracks.current import about, current_edition, edition_page
from tracks.models import Edition

from ..models import AwardLine
from ..wall import A_PAGE, Wanted, address_of, preview_of, shown_prizes, works_of

TOPIC = 40  # characters of what is looked for


@require_safe
@edition_page
def wall(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The current edition's."""
    return page_of(request, edition)


def page_of(request: HttpRequest, edition: Edition) -> HttpResponse:
    """An edition's works, by track, category, prize and topic; twelve a page."""
    prizes = shown_prizes(edition)
    kinds = list(dict.fromkeys(prizes.values_list("level_name", flat=True)))
    wanted = Wanted(*(request.GET.get(name, "").strip()[:TOPIC] for name in ("track", "category", "level", "topic")))
    page = Paginator(wanted.of(prizes, edition), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "shown_edition": edition,
        "rulebook": edition.rulebook,
        "works": works_of(page, edition),
        "page": page,
        "levels": kinds,
        "wanted": wanted,
        "past": not edition.is_current,
    }
    return render(request, "awards/wall.html", context)


@require_safe
def wall_work(request: HttpRequest, prize: int) -> HttpResponse:
    """One work. Without consent, or before its list is final, it is not there, for nobody."""
    line, edition = _prize(request, prize)
    about(request, edition)
    work = works_of([line], edition)[0]
    context = {"work": work, "shown_edition": edition, "address": absolute(address_of(work))}
    if work.cover:
        cover = reverse("wall_picture", kwargs={"prize": line.pk, "derived": work.cover.pk})
        context["picture"] = absolute(cover)
    return render(request, "awards/wall_work.html", context)


@require_safe
def wall_picture(request: HttpRequest, prize: int, derived: int) -> FileAnswer:
    """A picture or film, drawn anew."""
    line, edition = _prize(request, prize)
    found = preview_of(line, edition, derived)
    if found is None:
        raise Http404
    return show(request, found)


def _prize(request: HttpRequest, pk: int) -> tuple[AwardLine, Edition]:
    current = current_edition(request)
    mine = shown_prizes(current).filter(pk=pk).first() if current else None
    if current and mine:
        return mine, current
    edition = get_object_or_404(Edition, award_lists__versions__lines=pk)
    return get_object_or_404(shown_prizes(edition), pk=pk), edition
