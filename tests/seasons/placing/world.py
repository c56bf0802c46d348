"""Placing's part of the small contest in `tests/world.py`: the unit's own venue, a need, an offer, a placement."""

from datetime import timedelta

from django.db.models import Model

from core import clock
from core.accounts.models import User
from core.states import move
from registrations.entry_models import Entry
from registrations.models import Unit
from seasons.models import Need, Offer, Placement, Venue, VenueInvitation, VenueOfficer


def make(entry: Entry, unit: Unit, boss: User, poster: User) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages)."""
    edition, now = entry.edition, clock.now()
    venue = Venue.objects.create(
        name="始兴县党群服务中心", kind="party_centre", region=unit.region, unit=unit, street="示例路 1 号",
        contact_name="场所经办人", contact_phone="0751-0000000", created_at=now,
    )  # fmt: skip
    officer = VenueOfficer.objects.create(venue=venue, user=poster)
    asked = VenueInvitation.objects.create(venue=venue, name="李同事", email="venue@example.test")
    begins = now + timedelta(days=9)
    need = Need.objects.create(
        venue=venue, edition=edition, starts_at=begins, ends_at=begins + timedelta(hours=2), place="一楼",
        heads=60, created_at=now, changed_at=now,
    )  # fmt: skip
    move(need, "open")
    offer = Offer.objects.create(
        entry=entry, edition=edition, regions=[unit.region_id], weekdays=[5, 6], ages=["all"], heads=100, a_month=2,
        made_at=now, changed_at=now,
    )  # fmt: skip
    placement = Placement.objects.create(
        need=need, entry=entry, day=need.day, grounds="同县", made_at=now, made_by=boss,
        answer_until=now + timedelta(days=3),
    )  # fmt: skip
    arguments: dict[str, str | int] = {
        "venue": venue.pk, "need": need.pk, "placement": placement.pk, "side": "venue", "deed": "close",
        "asked": asked.pk, "poster": officer.pk,
    }  # fmt: skip
    objects: dict[str, Model] = {
        "seasons_venue": venue,
        "seasons_need": need,
        "seasons_offer": offer,
        "seasons_placement": placement,
    }
    return arguments, objects
