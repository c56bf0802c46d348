"""What an entry would do: its standing offer to venues, made, changed and taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_text
from core.audit.history import recorded
from core.clock import BEIJING
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.entry_models import Entry
from registrations.region_models import Region
from registrations.services.entering import lock as lock_entry
from registrations.states import ENTRY_IN

from ..models import Offer
from ..rules.placements import OfferFacts, check_offer
from .ladder import freeze_date
from .placing_needs import topics_of

FIELDS = ("topics", "regions", "weekdays", "dates", "ages", "heads", "a_month", "note")
NOTE_MAX = 300


def closed(entry: Entry, now: datetime) -> list[Problem]:
    """Why this entry can make no offer; nothing when it can."""
    if entry.state not in ENTRY_IN:
        return [Problem("offer.entry", "报名提交之后才能登记服务意向；已退出或未通过的报名不能登记")]
    if entry.edition.rulebook.points is None:
        return [Problem("offer.no_season", "本届没有积分赛季，暂不安排到场服务")]
    last = freeze_date(entry.edition)
    if last and now >= last:
        return [Problem("offer.season_over", "积分赛季已经结束，不再安排")]
    return []


def save_offer(entry: Entry, values: Mapping[str, Any], *, by: User) -> Offer:
    """Make or change the offer; one that was withdrawn stands again. values: of FIELDS.

    What has been placed already stays as it is. Raises Refused with every problem, at the form's fields.
    """
    with transaction.atomic(), recorded("offer.saved", by=by):
        entry = lock_entry(entry)
        now = clock.now()
        refuse_if(closed(entry, now))
        offer = Offer.objects.filter(entry=entry).first() or Offer(entry=entry, edition=entry.edition, made_at=now)
        for name in FIELDS:
            if name in values:
                setattr(offer, name, normal_text(values[name]) if name == "note" else values[name])
        facts = OfferFacts(
            offer.topics, offer.regions, offer.weekdays, offer.dates, offer.ages, offer.heads, offer.a_month
        )
        regions = Region.objects.exclude(level="province").values_list("code", flat=True)
        refuse_if(check_offer(facts, topics_of(entry.edition), set(regions), now.astimezone(BEIJING).date()))
        if len(offer.note) > NOTE_MAX:
            raise Refused(Problem("offer.note", f"说明最多 {NOTE_MAX} 个字，请缩短", "note"))
        offer.changed_at = now
        offer.entry = entry
        offer.save()
        if offer.state == "withdrawn":
            move(offer, "renew")
    return offer


def withdraw_offer(offer: Offer, *, by: User) -> None:
    """Nothing new is suggested; what was placed stays. Raises StaleState when it was withdrawn already."""
    with transaction.atomic(), recorded("offer.withdrawn", by=by):
        lock_entry(offer.entry)
        move(offer, "withdraw")
