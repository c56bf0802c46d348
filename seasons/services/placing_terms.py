"""By the calendar: who has not answered is reminded, what nobody answered expires, who left the contest is let go."""

from datetime import datetime

from django.db import transaction

from core.audit.history import recorded
from core.notices.models import Notice
from core.problems import Refused
from core.states import move
from registrations.states import ENTRY_IN

from ..models import Placement
from ..rules.placements import REMIND_BEFORE
from .placing import end, lock
from .placing_telling import tell

NEAR = "placement-near"
LEFT = "参赛者已退出比赛"
RELATED = ("need__venue", "need__edition", "entry__edition", "entry__track", "entry__row")


def sweep(now: datetime) -> dict[str, int]:
    """Whatever is due at this moment of contest time; again, nothing. How many were reminded, expired, let go."""
    return {"reminded": _remind(now), "expired": _expire(now), "left": _let_go()}


def _remind(now: datetime) -> int:
    """Each silent side once, a day before the term ends; not what was put together within that day."""
    near = Placement.objects.filter(
        state="waiting",
        answer_until__gt=now,
        answer_until__lte=now + REMIND_BEFORE,
        made_at__lte=now - REMIND_BEFORE / 2,
    )
    sent = Notice.objects.filter(template=NEAR, object_id__in=[str(one.pk) for one in near])
    told = set(sent.values_list("object_id", flat=True))
    count = 0
    with transaction.atomic(), recorded("placement.swept", by=None):
        for placement in near.select_related(*RELATED):
            if str(placement.pk) in told:
                continue
            silent = [side for side in ("venue", "entry") if getattr(placement, f"{side}_at") is None]
            tell(placement, NEAR, "near", silent, until=placement.answer_until)
            count += 1
    return count


def _expire(now: datetime) -> int:
    late = Placement.objects.filter(state="waiting", answer_until__lte=now).select_related(*RELATED).order_by("pk")
    count = 0
    for found in late:
        with transaction.atomic(), recorded("placement.swept", by=None):
            placement = lock(found)
            if placement.state != "waiting" or placement.answer_until > now:
                continue
            move(placement, "expire")
            silent = [name for name, at in (("场所", placement.venue_at), ("参赛者", placement.entry_at)) if at is None]
            tell(placement, "placement-expired", "expired", ("venue", "entry"), silent="和".join(silent))
            count += 1
    return count


def _let_go() -> int:
    """Entries that withdrew or were refused do not come; a visit that took place stays."""
    gone = Placement.objects.held().exclude(entry__state__in=ENTRY_IN).filter(visited_at=None, record=None)
    count = 0
    for found in gone.select_related(*RELATED).order_by("pk"):
        with transaction.atomic(), recorded("placement.swept", by=None, reason=LEFT):
            try:
                end(lock(found), "cancel", LEFT, "entry")
            except Refused:  # somebody was quicker
                continue
            count += 1
    return count
