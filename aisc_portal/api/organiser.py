"""By token, what the organiser sees in the admin: entries, works, scores, award lists. No names, no contacts."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from awards.models import AwardLine, AwardList
from judging.access import runs, still_judges
from judging.models import Round
from judging.services import monitoring
from registrations.entry_models import Entry
from registrations.work_models import Work
from tracks.models import Edition

from . import schemas, telling
from .access import Token, private, user_of
from .finding import edition_of, part, refuse
from .schemas import Error

router = Router(tags=["组委会"])
REFUSALS = dict.fromkeys((401, 403, 404, 422, 429), Error)


@router.get(
    "/editions/{edition}/entries",
    response={200: schemas.Entries, **REFUSALS},
    auth=Token("entries"),
    url_name="entries",
    summary="报名",
)
@private
def entries(request: HttpRequest, edition: str, window: Query[schemas.Window], state: str = "") -> schemas.Entries:
    """没有姓名和联系方式；state 可以只要一种状态。"""
    found = edition_of(edition)
    rows = Entry.objects.visible_to(user_of(request)).filter(edition=found)
    rows = rows.filter(state=state) if state else rows
    rows = rows.select_related("track", "row__recommendation__unit")
    items, more = part(rows, window, lambda one: telling.entry(one, found))
    return schemas.Entries(items=items, next=more)


@router.get(
    "/editions/{edition}/works",
    response={200: schemas.Works, **REFUSALS},
    auth=Token("works"),
    url_name="works",
    summary="作品",
)
@private
def works(request: HttpRequest, edition: str, window: Query[schemas.Window], state: str = "") -> schemas.Works:
    """状态和版本；内容和文件在门户里看。"""
    found = edition_of(edition)
    rows = Work.objects.visible_to(user_of(request)).filter(edition=found)
    rows = rows.filter(state=state) if state else rows
    rows = rows.select_related("entry__track", "current")
    items, more = part(rows, window, lambda one: telling.work(one, found))
    return schemas.Works(items=items, next=more)


@router.get(
    "/editions/{edition}/rounds",
    response={200: schemas.Rounds, **REFUSALS},
    auth=Token("scores"),
    url_name="rounds",
    summary="评审轮次",
)
@private
def rounds(request: HttpRequest, edition: str) -> schemas.Rounds:
    """新建令牌的人自己当评委的轮次，公布以前不在其中。"""
    found = Round.objects.visible_to(user_of(request)).filter(edition=edition_of(edition))
    found = found.select_related("category", "track", "edition").order_by("position", "pk")
    return schemas.Rounds(items=[telling.round_(one) for one in found])


@router.get(
    "/rounds/{round}/scores",
    response={200: schemas.Scores, **REFUSALS},
    auth=Token("scores"),
    url_name="scores",
    summary="一轮的评分",
)
@private
def scores(request: HttpRequest, round: int, window: Query[schemas.Window]) -> schemas.Scores:
    """与后台导出的“全部评分”相同，评委只有编号；after 填已经取到的条数。从头取一次，办理记录里记一次。"""
    user = user_of(request)
    found = get_object_or_404(Round.objects.visible_to(user).select_related("category", "track", "edition"), pk=round)
    if not runs(user, found):
        raise refuse(403, "这一轮的评分不归您管")
    if window.after == 0:
        monitoring.count_export(found, by=user)
    first = window.after
    rows = list(monitoring.score_rows(found, slice(first, first + window.limit + 1)))
    shown = [telling.score(row) for row in rows[: window.limit]]
    return schemas.Scores(items=shown, next=first + window.limit if len(rows) > window.limit else None)


@router.get(
    "/editions/{edition}/awards",
    response={200: schemas.AwardLists, **REFUSALS},
    auth=Token("awards"),
    url_name="awards",
    summary="获奖名单，含未公示的",
)
@private
def awards(request: HttpRequest, edition: str) -> schemas.AwardLists:
    """新建令牌的人是评委而那一轮还没公布时，只有公示过的。"""
    found = _lists(request, edition_of(edition)).order_by("position", "pk")
    return schemas.AwardLists(items=[_told(one) for one in found])


@router.get(
    "/awards/{award_list}",
    response={200: schemas.Awarded, **REFUSALS},
    auth=Token("awards"),
    url_name="award",
    summary="一份获奖名单的最新稿",
)
@private
def award(request: HttpRequest, award_list: int, window: Query[schemas.Window]) -> schemas.Awarded:
    """公示过的取最新一版公示稿，没有公示过的取最新一稿；after 填序号。"""
    known = get_object_or_404(AwardList.objects.select_related("edition"), pk=award_list)
    found = _lists(request, known.edition).filter(pk=award_list).first()
    if found is None:
        raise Http404
    release, version = next(iter(found.releases.all()), None), next(iter(found.versions.all()), None)
    drafted = release.version if release else version
    lines = AwardLine.objects.filter(version=drafted, place__gt=window.after).order_by("place")
    shown = list(lines[: window.limit + 1]) if drafted else []
    more = shown.pop() if len(shown) > window.limit else None
    return schemas.Awarded(
        award_list=_told(found), items=telling.awarded_lines(shown), next=shown[-1].place if more else None
    )


def _lists(request: HttpRequest, edition: Edition) -> QuerySet[AwardList]:
    """Who still judges in the edition sees what everybody sees (R12)."""
    user = user_of(request)
    lists = AwardList.objects.public() if still_judges(user, edition) else AwardList.objects.visible_to(user)
    rows = lists.filter(edition=edition).select_related("edition", "category", "track")
    return rows.prefetch_related("releases__version", "versions")


def _told(one: AwardList) -> schemas.AwardList:
    return telling.award_list(one, next(iter(one.releases.all()), None), next(iter(one.versions.all()), None))
