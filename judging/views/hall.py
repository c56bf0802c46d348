"""What the hall shows to everybody: the stage screen, the running order, and the state that all screens poll."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.links import link_to

from ..live_qr import code_of
from ..live_state import Hall, look
from ..models import Round
from ..rules.drawing import ALGORITHM, draw
from ..rules.revealing import shown_after
from ..services.revealing import groups

SHOWN = 5  # works on the reveal screen at a time


def hall_or_404(code: str, *, counting: bool = True) -> Hall:
    """The hall with this join code, however it was typed. counting: whether its ballots will be shown."""
    hall = look(code.upper(), counting=counting)
    if hall is None:
        raise Http404
    return hall


@require_safe
def live_state(request: HttpRequest, code: str) -> HttpResponse:
    """What changed, for every screen: a few numbers, never how the votes stand."""
    hall = hall_or_404(code)
    etag = f'"{hall.tag}-{hall.told}"'
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        answer = JsonResponse(
            {
                "tag": hall.tag,
                "ballots": hall.told,
                "ends": int(hall.ends.timestamp() * 1000) if hall.ends else None,
                "now": int(hall.now.timestamp() * 1000),
            }
        )
    answer["ETag"] = etag
    patch_cache_control(answer, public=True, max_age=1)
    return answer


@require_safe
@never_cache
def stage(request: HttpRequest, code: str) -> HttpResponse:
    """The big screen: team, clock, QR code, how many ballots; or the reveal. Everything is in the page it loads."""
    hall = hall_or_404(code)
    page: dict[str, Any] = {"hall": hall}
    if hall.phase == "reveal":
        page |= _reveal(hall)
    else:
        page["qr"] = code_of(link_to("vote", hall.code))
    return render(request, "judging/live/stage.html", page)


@require_safe
@never_cache
def live_order(request: HttpRequest, code: str) -> HttpResponse:
    """出场顺序与规则: who comes when and why, how one votes, and what was counted once voting is over."""
    hall = hall_or_404(code)
    drawn = draw(hall.seed, [stop.label for stop in hall.order]) if hall.order else []
    stops = list(zip(hall.order, drawn, strict=True))
    round_ = Round.objects.select_related("edition", "category", "track").get(pk=hall.round)
    public = round_.panels.filter(kind="public").first()
    page = {"hall": hall, "stops": stops, "algorithm": ALGORITHM, "round": round_, "panel": public}
    return render(request, "judging/live/order.html", page | {"edition": round_.edition})


def _reveal(hall: Hall) -> dict[str, Any]:
    """The prize that is being revealed, its works from `SHOWN` places on, and what is left of every prize."""
    round_ = Round.objects.select_related("edition", "category").get(pk=hall.round)
    found = shown_after(groups(round_), hall.revealed)
    begun = [number for number, (_, shown) in enumerate(found) if shown]
    at = begun[0] if begun else len(found) - 1
    steps = [(group, shown, number == at) for number, (group, shown) in reversed(list(enumerate(found)))]
    if not found:
        return {"steps": steps, "works": []}
    group, shown = found[at]
    first_shown = len(group.works) - shown
    start = max(min(first_shown - 2, len(group.works) - SHOWN), 0)
    works = [
        (one, number >= first_shown, number == first_shown)
        for number, one in enumerate(group.works[start : start + SHOWN], start)
    ]
    return {"steps": steps, "works": works, "group": group}
