"""What the services of placing leave behind; cases of `tests/test_traces.py`. Whoever acts is the organiser, who posts
for the venue as well."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from core import clock
from registrations.region_models import Region
from seasons.models import Need, Offer, Placement, Venue, VenueInvitation, VenueOfficer
from seasons.services import (
    placing,
    placing_answers,
    placing_export,
    placing_needs,
    placing_offers,
    placing_records,
    placing_venues,
)
from tests.seasons.placing import build
from tests.seasons.placing.build import COUNTY, OFFERED, VISIT

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def venue(stage: Any) -> Venue:
    """A venue that the one who acts posts for."""
    stage.edition = build.edition()
    made = build.venue()
    VenueOfficer.objects.create(venue=made, user=build.organiser())
    return made


def invitation(stage: Any) -> VenueInvitation:
    """One that is open."""
    stage.edition = build.edition()
    return placing_venues.invite(build.venue(), by=None, email="another@example.test")


def facts() -> dict[str, Any]:
    """Of a new venue."""
    build.regions()
    return {
        "name": "第 9 中学", "kind": "school", "region": Region.objects.get(pk=COUNTY), "street": "示例路 9 号",
        "contact_name": "甲", "contact_phone": "0755-00000000",
    }  # fmt: skip


def draft(stage: Any) -> Need:
    """A need that lacks nothing."""
    return build.draft(venue(stage), stage.edition)


def wanted(stage: Any) -> Need:
    """A published one."""
    made = venue(stage)
    return build.need(made, stage.edition)


def offer(stage: Any) -> Offer:
    """An entry's."""
    stage.edition = build.edition()
    return build.offer(build.entry(stage.edition, 7))


def pair(stage: Any) -> tuple[Need, Offer]:
    """A need and an offer that fits it."""
    need = wanted(stage)
    return need, build.offer(build.entry(stage.edition, 7))


def waiting(stage: Any) -> Placement:
    """Both were asked."""
    need, found = pair(stage)
    return build.placed(need, found, by=build.organiser())


def confirmed(stage: Any) -> Placement:
    """Both have said yes."""
    need, found = pair(stage)
    return build.confirmed(need, found, by=build.organiser())


def visited(stage: Any) -> Placement:
    """The day has passed."""
    found = confirmed(stage)
    clock.set_now(VISIT + timedelta(days=1))
    return found


def officer(stage: Any) -> VenueOfficer:
    """Somebody who posts for a venue."""
    return venue(stage).officers.order_by("pk")[0]


def entry(stage: Any) -> Any:
    """One that offers nothing yet."""
    stage.edition = build.edition()
    made = build.entry(stage.edition, 7)
    clock.set_now(build.PLANNED)
    build.regions()
    return made


def exported(stage: Any) -> Any:
    """The edition with a placement to tell of."""
    return waiting(stage).need.edition


CASES: dict[Callable[..., Any], Case] = {
    placing_venues.save_venue: ("venue.saved", lambda s: partial(placing_venues.save_venue, facts())),
    placing_venues.invite: (
        "venue.invited",
        lambda s: partial(placing_venues.invite, venue(s), email="a@example.test"),
    ),
    placing_venues.resend: ("venue.invitation_resent", lambda s: partial(placing_venues.resend, invitation(s))),
    placing_venues.join: ("venue.joined", lambda s: partial(placing_venues.join, invitation(s))),
    placing_venues.remove_officer: (
        "venue.officer_removed",
        lambda s: partial(placing_venues.remove_officer, officer(s), reason="调岗"),
    ),
    placing_needs.save_need: (
        "need.saved",
        lambda s: (lambda need: partial(placing_needs.save_need, need.venue, {"heads": 9}, need=need))(draft(s)),
    ),
    placing_needs.open_need: ("need.opened", lambda s: partial(placing_needs.open_need, draft(s))),
    placing_needs.close: ("need.closed", lambda s: partial(placing_needs.close, wanted(s))),
    placing_needs.cancel: ("need.cancelled", lambda s: partial(placing_needs.cancel, wanted(s), reason="检修")),
    placing_offers.save_offer: ("offer.saved", lambda s: partial(placing_offers.save_offer, entry(s), OFFERED)),
    placing_offers.withdraw_offer: ("offer.withdrawn", lambda s: partial(placing_offers.withdraw_offer, offer(s))),
    placing.place: ("placement.made", lambda s: partial(placing.place, [pair(s)])),
    placing.take_back: ("placement.cancelled", lambda s: partial(placing.take_back, waiting(s), reason="重复")),
    placing_answers.accept: ("placement.accepted", lambda s: partial(placing_answers.accept, waiting(s), "venue")),
    placing_answers.decline: (
        "placement.declined",
        lambda s: partial(placing_answers.decline, waiting(s), "venue", reason="没有场地"),
    ),
    placing_answers.call_off: (
        "placement.cancelled",
        lambda s: partial(placing_answers.call_off, confirmed(s), "venue", reason="检修"),
    ),
    placing_answers.confirm_visit: (
        "placement.visited",
        lambda s: partial(placing_answers.confirm_visit, visited(s), heads=50, word="很好"),
    ),
    placing_records.begin_from: ("record.begun", lambda s: partial(placing_records.begin_from, visited(s))),
    placing_export.export_placements: (
        "summary.exported",
        lambda s: partial(placing_export.export_placements, exported(s), reason="存档"),
    ),
}
