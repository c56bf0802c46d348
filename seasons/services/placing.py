"""The organiser puts placements together: one, or many after a preview; takes one back."""

from collections.abc import Iterable

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import limits_in_words
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.services.dossier import title_of
from registrations.services.entering import lock as lock_entry
from registrations.states import ENTRY_IN

from ..models import Need, Offer, Placement
from ..placing_models import DAY_CHECK, OPEN_CHECK
from ..rules.placements import answer_by
from ..rules.placing import obstacles, reasons
from ..venue_models import NEED_CHECK
from .placing_facts import offered, wanted
from .placing_needs import NO_REASON
from .placing_needs import lock as lock_need
from .placing_telling import tell

Pair = tuple[Need, Offer]
FULL = Problem("placement.full", "需要的队伍已经够了")
TAKEN_DAY = Problem("placement.day_taken", "这份报名当天已有别的安排")
NOT_OPEN = Problem("placement.need_closed", "这条需求已停止征集或取消")
CHECKS = {NEED_CHECK: FULL, DAY_CHECK: TAKEN_DAY, OPEN_CHECK: NOT_OPEN}
NONE = Problem("placement.none", "请至少选一项")


def place(pairs: Iterable[Pair], *, by: User) -> list[Placement]:
    """Ask both sides of each pair, all or none.

    Raises Refused naming each pair that no longer fits: taken, closed, withdrawn, on another day meanwhile.
    """
    chosen = sorted(pairs, key=lambda pair: (pair[1].entry_id, pair[0].pk))
    refuse_if([] if chosen else [NONE])
    with transaction.atomic(), recorded("placement.made", by=by):
        entries = {one.pk: one for one in [lock_entry(offer.entry) for _, offer in _by_entry(chosen)]}
        needs = {need.pk: lock_need(need) for need in sorted({need for need, _ in chosen}, key=lambda need: need.pk)}
        found, problems = [], list[Problem]()
        for need, offer in chosen:
            try:
                found.append(_place(needs[need.pk], offer, entries[offer.entry_id], by))
            except Refused as refused:
                name = f"{title_of(entries[offer.entry_id])} → {needs[need.pk].venue}"
                problems += [Problem(problem.code, f"{name}：{problem.message}") for problem in refused.problems]
        refuse_if(problems)
        for placement in found:
            said = {"until": placement.answer_until}
            tell(placement, "placement-asked", "asked", ("venue", "entry"), **said)
    return found


def take_back(placement: Placement, *, reason: str, by: User) -> None:
    """The organiser cancels: the place is free again, both sides are told why. Raises Refused without a reason."""
    why = reason.strip()
    refuse_if([] if why else [NO_REASON])
    with transaction.atomic(), recorded("placement.cancelled", by=by, reason=why):
        end(lock(placement), "cancel", why, "organiser")


def end(placement: Placement, verb: str, reason: str, side: str) -> None:
    """It does not take place: in the caller's transaction, under its lock. Both sides are told who and why.

    Raises Refused once the visit took place, StaleState when it has ended already.
    """
    if placement.visited_at or Placement.objects.filter(pk=placement.pk, record__isnull=False).exists():
        words = "已经确认到访，或者已经据此填写服务记录，不能再取消"
        raise Refused(Problem("placement.used", words))
    move(placement, verb, reason=reason, ended_by=side)
    template = "placement-declined" if verb == "decline" else "placement-cancelled"
    said = {"reason": reason, "who": placement.get_ended_by_display()}
    tell(placement, template, verb, ("venue", "entry"), **said)


def lock(placement: Placement) -> Placement:
    """The placement as it now stands, after its entry and its need: always in this order."""
    entry = lock_entry(placement.entry)
    need = lock_need(placement.need)
    found = Placement.objects.select_for_update(no_key=True).get(pk=placement.pk)
    found.entry, found.need = entry, need
    return found


def _by_entry(chosen: list[Pair]) -> list[Pair]:
    return list({offer.entry_id: (need, offer) for need, offer in chosen}.values())


def _place(need: Need, offer: Offer, entry: object, by: User) -> Placement:
    """One, under the locks of its entry and its need."""
    now = clock.now()
    offer = Offer.objects.get(pk=offer.pk)
    offer.entry = entry  # type: ignore[assignment]
    facts = offered([offer])[0]
    refuse_if(_gone(need, offer))
    need.refresh_from_db(fields=["taken"])  # those of this list that came before
    refuse_if([] if need.left else [FULL])
    if need.starts_at is None or need.starts_at <= now:
        raise Refused(Problem("placement.past", "活动时间已经过了"))
    refuse_if(Problem("placement.unfit", words) for words in obstacles(wanted(need), facts))
    placement = Placement(
        need=need, entry=offer.entry, day=need.day, grounds="、".join(reasons(wanted(need), facts)), made_at=now,
        made_by=by, answer_until=answer_by(now, need.starts_at),
    )  # fmt: skip
    with limits_in_words(CHECKS):
        placement.save(force_insert=True)
    return placement


def _gone(need: Need, offer: Offer) -> list[Problem]:
    if need.edition_id != offer.edition_id:
        return [Problem("placement.edition", "需求和报名不是同一届的")]
    found = [] if need.state == "open" else [NOT_OPEN]
    if offer.state != "open" or offer.entry.state not in ENTRY_IN:
        found.append(Problem("placement.offer_gone", "这份报名已撤回服务意向或退出比赛"))
    return found
