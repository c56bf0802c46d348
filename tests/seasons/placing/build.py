"""Builders for the tests of placing: venues with an officer, published needs, offers, placements."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.entry_models import Entry
from registrations.region_models import Region
from seasons.models import Need, Offer, Placement, Venue, VenueOfficer
from seasons.services import placing, placing_answers, placing_needs, placing_offers, placing_venues
from tests.seasons.points import build
from tracks.models import Edition

edition, entry, lead, organiser, work = build.edition, build.entry, build.lead, build.organiser, build.work
PLANNED = datetime(2025, 3, 3, 9, tzinfo=BEIJING)  # a Monday within the season
VISIT = datetime(2025, 3, 15, 9, tzinfo=BEIJING)  # a Saturday
CITY, COUNTY = "440300", "440307"  # 深圳市、龙岗区
TOPIC = "科普作品创作"
NEEDED = {"place": "一楼多功能厅", "topic": TOPIC, "activity": "two_centres", "age": "pupils", "heads": 60}
OFFERED: dict[str, Any] = {
    "topics": [TOPIC], "regions": [COUNTY], "weekdays": [5, 6], "dates": [], "ages": ["pupils"], "heads": 100,
    "a_month": 2, "note": "",
}  # fmt: skip


def regions() -> None:
    """The two that the tests speak of."""
    Region.objects.get_or_create(code=CITY, defaults={"name": "深圳市", "level": "prefecture", "version": "t"})
    county = {"name": "龙岗区", "level": "county", "parent_id": CITY, "version": "t"}
    Region.objects.get_or_create(code=COUNTY, defaults=county)


def venue(number: int = 1, *, by: User | None = None, region: str = COUNTY) -> Venue:
    """A centre with an officer; set up by the organiser."""
    regions()
    values = {
        "name": f"第 {number} 党群服务中心", "kind": "party_centre", "region": Region.objects.get(pk=region),
        "street": "示例路 1 号", "contact_name": "场所经办人", "contact_phone": "0755-00000000",
    }  # fmt: skip
    made = placing_venues.save_venue(values, by=by or organiser())
    invited = placing_venues.invite(made, by=None, email=f"venue{number}@example.test", name="场所经办人")
    placing_venues.join(invited, by=User.objects.create_user("场所经办人", email=f"venue{number}@example.test"))
    return made


def officer(made: Venue) -> User:
    """Who posts for it."""
    return VenueOfficer.objects.filter(venue=made).select_related("user")[0].user


def draft(made: Venue, edition: Edition, begins: datetime = VISIT, **values: Any) -> Need:
    """A need that lacks nothing, not yet published."""
    clock.set_now(PLANNED)
    typed = NEEDED | {"starts_at": begins, "ends_at": begins + timedelta(hours=2)} | values
    return placing_needs.save_need(made, typed, edition=edition, by=officer(made))


def need(made: Venue, edition: Edition, begins: datetime = VISIT, **values: Any) -> Need:
    """A published one."""
    return placing_needs.open_need(draft(made, edition, begins, **values), by=officer(made))


def offer(entry: Entry, **values: Any) -> Offer:
    """A standing offer."""
    clock.set_now(PLANNED)
    regions()
    return placing_offers.save_offer(entry, OFFERED | values, by=lead(entry))


def placed(need: Need, offer: Offer, *, by: User) -> Placement:
    """One that waits for both sides."""
    return placing.place([(need, offer)], by=by)[0]


def confirmed(need: Need, offer: Offer, *, by: User) -> Placement:
    """One that both sides have confirmed."""
    placement = placed(need, offer, by=by)
    placing_answers.accept(placement, "venue", by=officer(need.venue))
    return placing_answers.accept(placement, "entry", by=lead(offer.entry))


def scene(entries: int = 1, **values: Any) -> tuple[User, Need, Sequence[Offer]]:
    """(organiser, a published need, offers that fit it)."""
    boss, found = organiser(), edition()
    offers = [offer(entry(found, number)) for number in range(1, entries + 1)]
    return boss, need(venue(by=boss), found, **values), offers
