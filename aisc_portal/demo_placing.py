"""The demo's venue: a need that is open, one whose placement waits for both sides, one visit that took place."""

from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.entry_models import Entry
from registrations.region_models import Region
from registrations.states import ENTRY_IN
from seasons.models import Need, Offer, Venue
from seasons.services import ladder, placing, placing_answers, placing_needs, placing_offers, placing_venues
from tracks.models import Edition

COUNTY, CITY = "440307", "440300"  # 深圳市龙岗区
VENUE = {
    "name": "龙城街道党群服务中心（示例）", "kind": "party_centre", "street": "示例路 1 号",
    "contact_name": "演示场所联系人", "contact_phone": "0755-00000000",
}  # fmt: skip
OFFER: dict[str, Any] = {
    "topics": [], "regions": [CITY], "weekdays": [0, 1, 2, 3, 4, 5, 6], "dates": [], "ages": ["all"], "heads": 200,
    "a_month": 3, "note": "自带电脑，需要投影",
}  # fmt: skip


def prepare(edition: Edition, people: list[User], poster: User, boss: User) -> None:
    """Once, where the edition has a points season. people: the first two of them offer."""
    opens, _ = ladder.season_of(edition)
    if opens is None or Venue.objects.exists() or not Region.objects.filter(pk=COUNTY).exists():
        return
    before, day = clock.now(), datetime.combine(opens.astimezone(BEIJING).date(), datetime.min.time(), BEIJING)
    clock.set_now(day + timedelta(days=17, hours=9))
    venue = placing_venues.save_venue(VENUE | {"region": Region.objects.get(pk=COUNTY)}, by=boss)
    placing_venues.join(placing_venues.invite(venue, by=boss, email=poster.email or ""), by=poster)
    entries = [(Entry.objects.of(by).filter(edition=edition, state__in=ENTRY_IN).first(), by) for by in people[:2]]
    offers = [placing_offers.save_offer(entry, OFFER, by=by) for entry, by in entries if entry]
    if len(offers) == 2:
        past = _need(venue, edition, day + timedelta(days=20, hours=15), poster)
        _visited(past, offers[0], poster, people[0], boss)
        clock.set_now(day + timedelta(days=27, hours=9))
        coming = _need(venue, edition, day + timedelta(days=34, hours=15), poster)
        placing.place([(coming, offers[1])], by=boss)
        _need(venue, edition, day + timedelta(days=41, hours=15), poster, capacity=2)
    clock.set_now(before)


def _need(venue: Venue, edition: Edition, begins: datetime, by: User, capacity: int = 1) -> Need:
    values = {"starts_at": begins, "ends_at": begins + timedelta(hours=2), "place": "一楼多功能厅", "age": "pupils",
              "activity": "two_centres", "heads": 60, "capacity": capacity, "remark": "有投影和音响"}  # fmt: skip
    return placing_needs.open_need(placing_needs.save_need(venue, values, edition=edition, by=by), by=by)


def _visited(need: Need, offer: Offer, officer: User, by: User, boss: User) -> None:
    placement = placing.place([(need, offer)], by=boss)[0]
    placing_answers.accept(placement, "venue", by=officer)
    placing_answers.accept(placement, "entry", by=by)
    if need.ends_at:
        clock.set_now(need.ends_at + timedelta(hours=1))
    placing_answers.confirm_visit(placement, heads=58, word="孩子们围着问个不停，欢迎再来。", by=officer)
