"""For everybody: editions, schedule, tracks, announced lists, leaderboard, verification."""

import re

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from awards import verification
from awards.models import AwardLine, AwardList, Release
from core import clock
from core.problems import Refused
from seasons.leaderboard_page import Board
from seasons.point_guards import MONTH
from tracks import pages
from tracks.models import Edition

from . import schemas, telling
from .access import public
from .finding import edition_of
from .schemas import Error

router = Router(tags=["公开"])
RELEASES = Prefetch("releases", Release.objects.select_related("version"))  # the last one first


@router.get("/editions", response={200: schemas.Editions, 429: Error}, url_name="editions", summary="各届大赛")
@public
def editions(request: HttpRequest) -> schemas.Editions:
    """当前届在前。"""
    found = Edition.objects.opened().order_by("-is_current", "-pk")
    return schemas.Editions(items=[telling.edition(one) for one in found])


@router.get(
    "/editions/{edition}/schedule",
    response={200: schemas.Schedule, 404: Error, 429: Error},
    url_name="schedule",
    summary="赛程",
)
@public
def schedule(request: HttpRequest, edition: str) -> schemas.Schedule:
    """按时间先后；edition 填届次代码，或 current。"""
    found = edition_of(edition)
    rows = pages.schedule_rows(found.rulebook, found.calendar, clock.now())
    return schemas.Schedule(items=[telling.milestone(row) for row in rows])


@router.get(
    "/editions/{edition}/tracks",
    response={200: schemas.Tracks, 404: Error, 429: Error},
    url_name="tracks",
    summary="赛道和类别",
)
@public
def tracks(request: HttpRequest, edition: str) -> schemas.Tracks:
    """赛道按人群分，类别按作品分。"""
    return telling.tracks(edition_of(edition))


@router.get(
    "/editions/{edition}/results",
    response={200: schemas.AwardLists, 404: Error, 429: Error},
    url_name="results",
    summary="公示和生效的获奖名单",
)
@public
def results(request: HttpRequest, edition: str) -> schemas.AwardLists:
    """每份名单的最新一版。"""
    lists = AwardList.objects.public().filter(edition=edition_of(edition)).prefetch_related(RELEASES)
    found = lists.select_related("edition", "category", "track").order_by("position", "pk")
    return schemas.AwardLists(items=[telling.award_list(one, next(iter(one.releases.all()), None)) for one in found])


@router.get(
    "/results/{award_list}",
    response={200: schemas.Result, 404: Error, 422: Error, 429: Error},
    url_name="result",
    summary="一份获奖名单",
)
@public
def result(request: HttpRequest, award_list: int, window: Query[schemas.Window]) -> schemas.Result:
    """与公示页、表格下载逐字相同；after 填序号。"""
    lists = AwardList.objects.public().select_related("edition", "category", "track").prefetch_related(RELEASES)
    found = get_object_or_404(lists, pk=award_list)
    release = next(iter(found.releases.all()), None)
    if release is None:
        raise Http404
    lines = AwardLine.objects.filter(version=release.version_id, place__gt=window.after).order_by("place")
    shown = list(lines[: window.limit + 1])
    more = shown.pop() if len(shown) > window.limit else None
    return schemas.Result(
        award_list=telling.award_list(found, release), items=telling.award_lines(shown),
        next=shown[-1].place if more else None,
    )  # fmt: skip


@router.get(
    "/editions/{edition}/leaderboard",
    response={200: schemas.Leaderboard, 404: Error, 422: Error, 429: Error},
    url_name="leaderboard",
    summary="积分榜",
)
@public
def leaderboard(request: HttpRequest, edition: str, month: str = "", track: str = "") -> schemas.Leaderboard:
    """取奖名次以内的；month 形如 2025-03，track 填赛道代码，都可以不填。"""
    found = edition_of(edition)
    if month and not re.fullmatch(MONTH, month):
        raise Http404
    of_track = get_object_or_404(found.tracks, code=track) if track else None
    board = Board(found, month, of_track, "", clock.now())
    return schemas.Leaderboard(
        month=month, track=track, top=board.top, frozen_at=telling.local(board.frozen_at), months=board.months,
        items=[telling.leader(row) for row in board.rows],
    )  # fmt: skip


@router.get(
    "/verify/{payload}",
    response={200: schemas.Verdict, 404: Error, 422: Error, 429: Error},
    url_name="verify",
    summary="查验证书",
)
@public
def verify(request: HttpRequest, payload: str) -> schemas.Verdict | Status[Error]:
    """payload 是证书二维码里 /verify/ 之后的部分：先验签名，再查证书库。只有编号时请用网页查验。"""
    try:
        return telling.verdict(verification.by_payload(payload))
    except Refused as refused:
        problem = refused.problems[0]
        status = 404 if problem.code == "certificate.not_ours" else 422
        return Status(status, Error(code=problem.code, detail=problem.message))
