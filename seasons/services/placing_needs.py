"""What a venue asks for: filled in, published, changed until somebody is asked to come, closed, cancelled."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_text
from core.audit.history import recorded
from core.clock import BEIJING
from core.database import limits_in_words
from core.problems import Problem, Refused, refuse_if
from core.states import move
from tracks.models import Edition

from ..models import Need, Season, Venue
from ..rules.placements import NeedFacts, check_need
from ..venue_models import FIXED, NEED_CHECK
from .ladder import season_of
from .placing_telling import tell

TYPED = (*FIXED, "capacity", "remark")
TEXTS = {"place": 120, "remark": 300}
NO_REASON = Problem("reason.missing", "请写明理由，双方都会看到", "reason")
ASKED = Problem("need.asked", "已经有队伍被安排过来，时间、地点、题材和受众不能再改；确实要改，请取消后重新发布")
FEWER = Problem("need.fewer", "已安排的队伍比这个数多，请先取消多出的安排", "capacity")
OVER = Problem("need.over", "这条需求已经取消，不能再改。可以另发一条")
NO_SEASON = Problem("need.no_season", "本届没有积分赛季，暂不征集服务需求")


def topics_of(edition: Edition) -> list[str]:
    """The fields of the edition's announced themes, in their order: what a topic (题材) may be."""
    names = Season.objects.filter(edition=edition).published().exclude(industry="").values_list("industry", flat=True)
    return list(dict.fromkeys(names))


def save_need(
    venue: Venue, values: Mapping[str, Any], *, by: User, edition: Edition | None = None, need: Need | None = None
) -> Need:
    """Keep what was typed. values: of TYPED. edition: for a new one.

    A draft takes anything that fits its column; one that is published stays right. Raises Refused for a cancelled
    one, for what is too long, once somebody was asked to come (but for more places and the remark), and for fewer
    places than are taken.
    """
    with transaction.atomic(), recorded("need.saved", by=by):
        now = clock.now()
        if need is None:
            if edition is None:
                raise ValueError("a new need has an edition")
            refuse_if([] if edition.rulebook.points else [NO_SEASON])
            need = Need(venue=venue, edition=edition, created_at=now, place=venue.street[:120])
        else:
            need = lock(need)
            refuse_if([OVER] if need.state == "cancelled" else [])
        changed = {name: values[name] for name in TYPED if name in values and values[name] != getattr(need, name)}
        refuse_if([ASKED] if need.taken and changed.keys() & set(FIXED) else [])
        refuse_if(_too_long(changed))
        for name, value in changed.items():
            setattr(need, name, normal_text(value) if name in TEXTS else value)
        need.capacity = need.capacity or 1
        if need.state != "draft" and changed.keys() & {*FIXED, "capacity"}:
            refuse_if(problems_of(need))
        need.changed_at = now
        with limits_in_words({NEED_CHECK: FEWER}):
            need.save()
    return need


def open_need(need: Need, *, by: User) -> Need:
    """Publish it, or take entries again. Raises Refused with everything that is missing, at the form's fields."""
    with transaction.atomic(), recorded("need.opened", by=by):
        need = lock(need)
        refuse_if(problems_of(need))
        move(need, "open")
    return need


def close(need: Need, *, by: User) -> None:
    """No more entries; those that were placed stay."""
    with transaction.atomic(), recorded("need.closed", by=by):
        move(lock(need), "close")


def cancel(need: Need, *, reason: str, by: User, side: str = "venue") -> None:
    """It does not take place: every placement ends, and its people are told why. side: venue or organiser.

    Raises Refused without a reason, and when a visit was already confirmed to have taken place.
    """
    why = reason.strip()
    refuse_if([] if why else [NO_REASON])
    with transaction.atomic(), recorded("need.cancelled", by=by, reason=why):
        need = lock(need)
        held = list(need.placements.held().select_for_update(no_key=True, of=("self",)).order_by("pk"))
        if any(one.visited_at for one in held):
            raise Refused(Problem("need.visited", "已经确认有队伍到访过，不能取消；不再需要的请停止征集"))
        for one in held:
            one.need = need
            move(one, "cancel", reason=why, ended_by=side)
            tell(one, "placement-cancelled", f"need-{one.pk}", ("entry", "venue"), reason=why, who=_who(side))
        move(need, "cancel", reason=why)


def lock(need: Need) -> Need:
    """The need as it now stands, locked until the transaction ends: after its entries, before its placements."""
    related = ("venue__region", "edition")
    return Need.objects.select_for_update(no_key=True, of=("self",)).select_related(*related).get(pk=need.pk)


def problems_of(need: Need) -> list[Problem]:
    """What keeps it from being published, at the form's fields."""
    starts, ends = (moment.astimezone(BEIJING) if moment else None for moment in (need.starts_at, need.ends_at))
    facts = NeedFacts(starts, ends, need.place, need.topic, need.age, need.heads, need.capacity)
    found = check_need(facts, topics_of(need.edition), clock.now().astimezone(BEIJING))
    opens, closes = season_of(need.edition)
    outside = starts and ((opens and starts < opens) or (closes and starts >= closes))
    if outside and not any(problem.field == "starts_at" for problem in found):
        words = "服务记录只收积分赛季以内的"
        if opens:
            words += f"（{opens.astimezone(BEIJING):%Y-%m-%d} 开始）"
        found.append(Problem("need.outside_season", f"{words}，请把时间改到赛季以内", "starts_at"))
    if need.activity and need.activity not in {kind.code for kind in need.edition.rulebook.activity_types}:
        found.append(Problem("need.activity", "这个服务类型本届没有，请另选", "activity"))
    return found


def _who(side: str) -> str:
    return {"venue": "场所", "entry": "参赛者", "organiser": "组委会"}[side]


def _too_long(values: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem("need.too_long", f"{'地点' if name == 'place' else '备注'}最多 {most} 个字，请缩短", name)
        for name, most in TEXTS.items()
        if len(values.get(name) or "") > most
    ]
