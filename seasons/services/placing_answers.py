"""What the two sides of a placement say: confirm, decline, cancel; afterwards the venue says how the visit went."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move

from ..models import Placement
from ..placing_access import sides_of
from ..rules.placements import check_answer, check_visit
from .placing import end, lock
from .placing_needs import NO_REASON
from .placing_telling import tell

NOT_YOURS = Problem("placement.not_yours", "只有队伍代表和场所联系人可以答复")


def accept(placement: Placement, side: str, *, by: User) -> Placement:
    """Confirm for a side ("venue" or "entry"); with the other side's word it is settled, and both are told.

    Raises Refused for whoever is not of the side, and when the term is over. Confirming twice changes nothing.
    """
    with transaction.atomic(), recorded("placement.accepted", by=by, side=side):
        placement = lock(placement)
        now = clock.now()
        refuse_if([] if side in sides_of(by, placement) else [NOT_YOURS])
        refuse_if(check_answer(placement.state, placement.answer_until, now))
        if getattr(placement, f"{side}_at") is None:
            answered: Mapping[str, Any] = {f"{side}_at": now, f"{side}_by": by}
            for name, value in answered.items():
                setattr(placement, name, value)
            placement.save(update_fields=list(answered))
        if placement.venue_at and placement.entry_at:
            move(placement, "confirm")
            tell(placement, "placement-confirmed", "confirmed", ("venue", "entry"))
    return placement


def decline(placement: Placement, side: str, *, reason: str, by: User) -> None:
    """Say no, within the term: the place is free again. Raises Refused without a reason, and as `accept`."""
    why = _reason(reason)
    with transaction.atomic(), recorded("placement.declined", by=by, reason=why, side=side):
        placement = lock(placement)
        refuse_if([] if side in sides_of(by, placement) else [NOT_YOURS])
        refuse_if(check_answer(placement.state, placement.answer_until, clock.now()))
        end(placement, "decline", why, side)


def call_off(placement: Placement, side: str, *, reason: str, by: User) -> None:
    """Cancel what was settled: the place is free again, the other side is told. Raises Refused as `decline`."""
    why = _reason(reason)
    with transaction.atomic(), recorded("placement.cancelled", by=by, reason=why, side=side):
        placement = lock(placement)
        refuse_if([] if side in sides_of(by, placement) else [NOT_YOURS])
        if placement.state != "confirmed":
            raise StaleState(placement.get_state_display())
        end(placement, "cancel", why, side)


def confirm_visit(placement: Placement, *, heads: int | None, word: str, by: User) -> Placement:
    """The venue says that it took place, for how many, and how it was; said again, the new words count.

    Raises Refused before it began, for no head count, and for whoever does not answer for the venue.
    """
    with transaction.atomic(), recorded("placement.visited", by=by):
        placement = lock(placement)
        now = clock.now()
        refuse_if([] if "venue" in sides_of(by, placement) else [NOT_YOURS])
        refuse_if(check_visit(placement.state, _starts(placement), heads, word.strip(), now))
        placement.visited_at, placement.visited_by = now, by
        placement.heads, placement.word = heads, word.strip()
        placement.save(update_fields=["visited_at", "visited_by", "heads", "word"])
        if not placement.need.edition.rulebook.points:
            return placement
        tell(placement, "placement-visited", f"{now:%Y%m%d%H%M%S}", ("entry",), heads=heads)
    return placement


def _starts(placement: Placement) -> datetime:
    if placement.need.starts_at is None:  # cannot be: nobody is placed at a need without a time
        raise ValueError(f"need {placement.need_id} has no beginning")
    return placement.need.starts_at


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(NO_REASON)
    if len(reason.strip()) > 200:
        raise Refused(Problem("reason.too_long", "理由最多 200 个字，请缩短", "reason"))
    return reason.strip()
