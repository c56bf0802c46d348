"""Suggestions for 2,000 needs and 3,000 offers, through the database as the organiser's page asks for them (issue 7).

Once as such years are (each goes to a few cities, on some days, with some topics), once where everything goes with
everything. Beside the clock's seconds stand those of this process's processor, which a busy machine does not change.
"""

import os
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import F

from aisc_portal import editions
from core import clock
from core.clock import BEIJING
from registrations.entry_models import Entry
from registrations.region_models import Region
from registrations.services.register import load_register
from seasons.models import Need, Offer, Venue
from seasons.rules.placing import AGES, ALL
from seasons.services.placing_facts import Board, board
from seasons.services.placing_needs import topics_of
from tracks.models import Edition

FILE = Path(__file__).parents[1] / "tracks/editions/guangdong-2024.toml"
NEEDS, OFFERS, VENUES = 2000, 3000, 300
PLANNED = datetime(2025, 3, 1, 9, tzinfo=BEIJING)
TARGET = 10


def run() -> list[dict[str, Any]]:
    """Like a year, then everything with everything; each twice, to compare."""
    load_register()
    editions.load(FILE.read_text(encoding="utf-8").replace("adopted = []", 'adopted = ["Q14"]'))
    edition = Edition.objects.get(is_current=True)
    clock.set_now(PLANNED)
    dice = random.Random(7)
    fill(edition, dice)
    rows = measured(edition, "like a year")
    Need.objects.update(topic="", age=ALL, heads=10)
    cities = list(Region.objects.filter(level="prefecture").values_list("code", flat=True))
    Offer.objects.update(topics=[], regions=cities, weekdays=list(range(7)), ages=[ALL], heads=F("heads") + 100)
    return rows + measured(edition, "everything with everything")


def measured(edition: Edition, name: str) -> list[dict[str, Any]]:
    """Seconds, processor seconds, how many pairs, whether again is the same."""
    began, cpu = time.perf_counter(), time.process_time()
    first = board(edition)
    took, worked = time.perf_counter() - began, time.process_time() - cpu
    again = board(edition)
    load = os.getloadavg()[0]
    wanted = sum(need.left for need in first.needs.values())
    same = said(first) == said(again)
    return [
        row(f"placing, {name}: 2,000 needs × 3,000 offers (load {load:.1f})", round(took, 2), "s", took <= TARGET),
        row(f"placing, {name}: processor time of it", round(worked, 2), "s", worked <= TARGET),
        row(f"placing, {name}: places filled of {wanted}", len(first.pairs), "pairs", bool(first.pairs)),
        row(f"placing, {name}: rerun identical", int(same), "", same),
    ]


def said(found: Board) -> tuple[object, ...]:
    """What the organiser reads."""
    return found.pairs, found.short


def fill(edition: Edition, dice: random.Random) -> None:
    """Venues over all counties, needs over half a year, offers of as many entries."""
    regions = list(Region.objects.exclude(level="province"))
    cities = [region for region in regions if region.level == "prefecture"]
    topics = [*topics_of(edition), ""]
    kinds = [kind for kind, _ in Venue.KINDS]
    Venue.objects.bulk_create(
        Venue(name=f"第 {n} 服务点", kind=dice.choice(kinds), region=dice.choice(regions), street="示例路",
              contact_name="示例", contact_phone="000", created_at=PLANNED)
        for n in range(VENUES)
    )  # fmt: skip
    venues = list(Venue.objects.all())
    needs = []
    for _ in range(NEEDS):
        begins = PLANNED + timedelta(days=dice.randrange(3, 180))
        needs.append(Need(
            venue=dice.choice(venues), edition=edition, starts_at=begins, ends_at=begins + timedelta(hours=2),
            place="一楼", topic=dice.choice(topics), age=dice.choice(list(AGES)), heads=dice.choice((20, 60, 200)),
            capacity=dice.randint(1, 3), created_at=PLANNED, changed_at=PLANNED,
        ))  # fmt: skip
    Need.objects.bulk_create(needs)
    Need.objects.update(state="open")
    track = edition.tracks.get(code="worker")
    entries = Entry.objects.bulk_create(
        Entry(edition=edition, track=track, kind="team", team_name=f"科普{n}队", categories=["A"], created_at=PLANNED,
              members_limit=10, instructors_limit=2)
        for n in range(OFFERS)
    )  # fmt: skip
    Entry.objects.update(state="entered", entered_at=PLANNED)
    Offer.objects.bulk_create(
        Offer(entry=entry, edition=edition, topics=dice.sample(topics[:-1], dice.randint(0, 2)),
              regions=[region.pk for region in dice.sample(cities, 2)] + [dice.choice(regions).pk],
              weekdays=dice.sample(range(7), 2), ages=dice.sample(list(AGES), 2), heads=dice.choice((50, 100, 300)),
              a_month=dice.randint(1, 4), made_at=PLANNED, changed_at=PLANNED)
        for entry in entries
    )  # fmt: skip


def row(name: str, value: float, unit: str, ok: bool) -> dict[str, Any]:
    """One figure; only seconds have a target."""
    return {"name": name, "value": value, "unit": unit, "target": f"≤{TARGET} s" if unit == "s" else "", "ok": ok}
