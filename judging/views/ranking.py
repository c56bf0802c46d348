"""Results: which rounds are published, a round's ranking with its maths, and everything to recompute it."""

from collections.abc import Callable
from functools import wraps

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.sheets import write_xlsx
from tracks.current import about, edition_page
from tracks.models import Edition

from ..access import reads_ranking
from ..bundle import write_bundle
from ..models import Round, Snapshot
from ..ranking_page import Page
from ..rules.ranking import LABELS, inputs_from
from ..rules.ranking.files import scores_csv
from ..sheets import RANKING, ranking_rows
from .downloads import attachment

PER_PAGE = 100


@require_safe
@edition_page
def rankings(request: HttpRequest, edition: Edition) -> HttpResponse:
    """评审公示: the published rounds of the current edition."""
    rounds = Round.objects.published().filter(edition=edition).select_related("category", "track")
    found = [(one, one.snapshots.filter(publications__ended_at=None).first()) for one in rounds]
    return render(request, "judging/rankings.html", {"edition": edition, "found": found})


def of_ranking(view: Callable[[HttpRequest, Round, Snapshot], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view a round and the snapshot that this reader may see: the public one, the organiser's latest."""

    @require_safe
    @wraps(view)
    def page(request: HttpRequest, round: int) -> HttpResponse:
        rounds = Round.objects.select_related("category", "edition", "track")
        found = get_object_or_404(rounds, pk=round)
        if not reads_ranking(request.user, found):
            raise Http404
        snapshots = found.snapshots.all()
        if found.state == "published":
            snapshots = snapshots.filter(publications__isnull=False, publications__ended_at=None)
        snapshot = snapshots.first()
        if snapshot is None:
            raise Http404
        about(request, found.edition)
        return view(request, found, snapshot)

    return page


@of_ranking
def ranking(request: HttpRequest, round_: Round, snapshot: Snapshot) -> HttpResponse:
    """The table, raw, 标准分 and 校正分 side by side; the formula, one work by hand, ties, special cases, downloads."""
    page = Page(round_, snapshot)
    wanted = request.GET.get("q", "")[:60]
    lines = Paginator(page.lines(wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {"round": round_, "snapshot": snapshot, "page": page, "lines": lines, "wanted": wanted}
    return render(request, "judging/ranking.html", context | {"edition": round_.edition})


@of_ranking
def ranking_bundle(request: HttpRequest, round_: Round, snapshot: Snapshot) -> HttpResponse:
    """重算包: anonymous scores, rules, program; the same bytes for the same snapshot."""
    title = f"{round_.edition.name}　{round_}　快照第 {snapshot.number} 版"
    content = write_bundle(inputs_from(snapshot.inputs), title=title)
    return attachment(content, f"{_name(round_, snapshot)}-重算包.zip", "application/zip")


@of_ranking
def ranking_scores(request: HttpRequest, round_: Round, snapshot: Snapshot) -> HttpResponse:
    """The anonymous scores as CSV, as in the bundle."""
    content = scores_csv(inputs_from(snapshot.inputs)).encode("utf-8-sig")
    return attachment(content, f"{_name(round_, snapshot)}-匿名评分.csv", "text/csv; charset=utf-8")


@of_ranking
def ranking_sheet(request: HttpRequest, round_: Round, snapshot: Snapshot) -> HttpResponse:
    """The table as a workbook."""
    content = write_xlsx(RANKING, ranking_rows(Page(round_, snapshot)), title=f"{round_}（{LABELS[snapshot.method]}）")
    return attachment(content, f"{_name(round_, snapshot)}-排名表.xlsx")


def _name(round_: Round, snapshot: Snapshot) -> str:
    return f"{round_}-第{snapshot.number}版"
