"""Two months of placements: venues ask, entries offer, the organiser places, both answer, visits become records."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from core import clock
from core.accounts.invitations import find
from core.accounts.models import User
from core.clock import BEIJING
from core.tokens import token_of
from registrations.entry_models import Entry
from registrations.region_models import Region
from seasons.models import Need, Offer, Placement, Venue, VenueInvitation
from seasons.services import (
    placing,
    placing_answers,
    placing_needs,
    placing_offers,
    placing_records,
    placing_terms,
    placing_venues,
    recording,
)
from seasons.services.placing_facts import board
from seasons.services.placing_telling import officers_of

from .entries import representative
from .scene import Scene

VENUES, NEEDS, OFFERS = 6, 12, 24
HOUR = 15  # the month's other services are in the morning
DECLINED, SILENT, CANCELLED = 7, 5, 9  # every so manieth
AGES = ("all", "pupils", "elders")


def place(scene: Scene) -> None:
    """Needs and offers come in; all that is suggested is placed, and nothing twice."""
    now, chance = clock.now(), Random(f"placements {scene.count} {clock.now():%Y-%m}")  # noqa: S311
    venues = list(Venue.objects.order_by("pk")) or _venues(scene, chance)
    topics = ["", *placing_needs.topics_of(scene.edition)]
    for number in range(NEEDS):
        begins = now.astimezone(BEIJING).replace(hour=HOUR, minute=0) + timedelta(days=9 + number % 5)
        values = {"starts_at": begins, "ends_at": begins + timedelta(minutes=90), "place": "一楼多功能厅",
                  "topic": chance.choice(topics), "age": chance.choice(AGES), "heads": chance.choice((20, 60, 120)),
                  "capacity": chance.choice((1, 1, 2))}  # fmt: skip
        with scene.accepted(f"需求 {number}"):
            venue = chance.choice(venues)
            by = officers_of(venue)[0]
            need = placing_needs.save_need(venue, values, edition=scene.edition, by=by)
            placing_needs.open_need(need, by=by)
    _offers(scene, venues, topics[1:], chance)
    found = board(scene.edition)
    again = board(scene.edition)
    scene.expect((found.pairs, found.short) == (again.pairs, again.short), "匹配建议再算一遍竟不同")
    if not found.pairs:
        return
    pairs = [(need, offer) for _, need, offer in found.lines]
    with scene.accepted("安排服务"):
        placing.place(pairs, by=scene.organiser)
    need = Need.objects.get(pk=pairs[0][0].pk)
    codes = {"placement.unfit"} if need.left else {"placement.full"}
    scene.refused(codes, placing.place, [pairs[0]], by=scene.organiser)


def answer(scene: Scene) -> None:
    """Both sides answer: most with yes, some with no, some not at all; a few call off afterwards."""
    waiting = Placement.objects.filter(state="waiting").select_related("need__venue", "entry").order_by("pk")
    for number, one in enumerate(waiting, start=1):
        officer, by = officers_of(one.need.venue)[0], representative(one.entry)
        with scene.accepted(one):
            if number % SILENT == 0:
                continue
            if number % DECLINED == 0:
                placing_answers.decline(one, "entry", reason="当天有课", by=by)
                continue
            placing_answers.accept(one, "venue", by=officer)
            done = placing_answers.accept(one, "entry", by=by)
            scene.expect(done.state == "confirmed", f"{one} 双方都答复了，却没有确认")
            if number % CANCELLED == 0:
                placing_answers.call_off(done, "venue", reason="场地检修", by=officer)
    for one in waiting.all()[:1]:
        scene.refused({"placement.not_yours"}, placing_answers.accept, one, "venue", by=representative(one.entry))


def settle(scene: Scene) -> None:
    """The term is over: what nobody answered expires, once, and can no longer be answered."""
    waiting = list(Placement.objects.filter(state="waiting").select_related("need__venue", "entry"))
    swept = placing_terms.sweep(clock.now())
    scene.expect(swept["expired"] == len(waiting), f"应作废 {len(waiting)} 项，实为 {swept['expired']} 项")
    scene.expect(not any(placing_terms.sweep(clock.now()).values()), "同一时刻又处理了一遍")
    for one in waiting[:1]:
        by = representative(one.entry)
        scene.refused({"placement.settled"}, placing_answers.accept, one, "entry", by=by)


def visit(scene: Scene) -> None:
    """After the day the venue says for how many it was, and the entry hands its record in."""
    gone = Placement.objects.filter(state="confirmed", record=None, day__lt=clock.now().astimezone(BEIJING).date())
    for one in gone.select_related("need__venue", "need__edition", "entry__edition").order_by("pk"):
        with scene.accepted(one):
            officer, by = officers_of(one.need.venue)[0], representative(one.entry)
            heads = (one.need.heads or 0) + one.pk % 7
            placing_answers.confirm_visit(one, heads=heads, word="讲得清楚，欢迎再来", by=officer)
            record = placing_records.begin_from(one, by=by)
            scene.expect(record.audience == heads, f"{one} 的记录没有用场所确认的人数")
            served = {member.pk: None for member in one.entry.people.participants()}
            typed = {"served": served, "links": ["https://example.org/visit"]}
            typed |= {} if record.activity else {"activity": "venues"}
            recording.submit(recording.save(record, typed, by=by), by=by)
            scene.counts["records"] += 1
            scene.counts["records.placed"] += 1


def _venues(scene: Scene, chance: Random) -> list[Venue]:
    """In counties and cities; their officers come by invitation, and a link is good once."""
    regions = list(Region.objects.exclude(level="province").order_by("pk"))
    kinds = [kind for kind, _ in Venue.KINDS]
    found = []
    for number, region in enumerate(chance.sample(regions, min(VENUES, len(regions)))):
        values = {"name": f"{region.name}第 {number + 1} 服务点", "kind": kinds[number % len(kinds)], "region": region,
                  "street": "示例路 1 号", "contact_name": "场所经办人", "contact_phone": "0755-00000000"}  # fmt: skip
        venue = placing_venues.save_venue(values, by=scene.organiser)
        email = f"venue{number}@rehearsal.test"
        placing_venues.invite(venue, by=scene.organiser, email=email)
        invitation = find(VenueInvitation, token_of(VenueInvitation.objects.get(venue=venue)))
        user = User.objects.create_user("场所经办人", email=email)
        placing_venues.join(invitation, by=user)
        scene.refused({"invitation.used"}, placing_venues.join, invitation, by=user)
        found.append(venue)
    return found


def _offers(scene: Scene, venues: list[Venue], topics: list[str], chance: Random) -> None:
    found = Entry.objects.in_contest().filter(edition=scene.edition)
    entries = scene.lend(found.select_related("track", "row").order_by("pk"))
    for entry in chance.sample(entries, min(OFFERS, len(entries))):
        wanted = [venue.city for venue in chance.sample(venues, min(2, len(venues)))]
        values = {"topics": chance.sample(topics, min(len(topics), chance.randint(0, 2))), "regions": wanted,
                  "weekdays": chance.sample(range(7), 4), "dates": [], "ages": ["all"], "heads": 200,
                  "a_month": chance.randint(1, 2), "note": ""}  # fmt: skip
        with scene.accepted(entry):
            placing_offers.save_offer(entry, values, by=representative(entry))


def totals(scene: Scene) -> dict[str, Any]:
    """What the summary tells."""
    placements = Counter(Placement.objects.values_list("state", flat=True))
    needs = Need.objects.filter(edition=scene.edition)
    states = ("waiting", "confirmed", "declined", "expired", "cancelled")
    return {
        "venues": Venue.objects.count(),
        "needs": needs.count(),
        "wanted": sum(needs.values_list("capacity", flat=True)),
        "offers": Offer.objects.filter(edition=scene.edition).count(),
        "placements": {state: placements[state] for state in states},
        "visited": Placement.objects.exclude(visited_at=None).count(),
        "records": scene.counts["records.placed"],
    }
