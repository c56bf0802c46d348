"""The demo's volunteer force: one unit's, with activities in some months and none in another."""

from datetime import date, datetime, timedelta

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.models import Unit
from seasons.models import Force
from seasons.services import forces
from tracks.models import Edition

DONE = (("2024-11-23", "社区防灾科普", "two_centres"), ("2024-12-07", "农技下乡", "innovation"),
        ("2025-02-15", "科技馆讲解", "venues"), ("2025-03-15", "老年人智能手机课", "people_in_need"))  # fmt: skip


def prepare(edition: Edition, clerk: User) -> None:
    """Make it once, for the unit that the account fills in for."""
    unit = Unit.objects.filter(officers__user=clerk).first()
    if unit is None or Force.objects.filter(unit=unit, edition=edition).exists():
        return
    before = clock.now()
    values = {
        "leader": "演示负责人", "post": "县（市、区）科协领导", "people": 620, "number": "GD-LG-0001",
        "areas": ["two_centres", "venues", "people_in_need"],
    }  # fmt: skip
    force = forces.save(unit, edition, values, by=clerk)
    for day, title, kind in DONE:
        held = date.fromisoformat(day)
        clock.set_now(datetime.combine(held, datetime.min.time(), BEIJING) + timedelta(days=1, hours=9))
        forces.add_activity(force, {"title": title, "kind": kind, "day": held, "minutes": 120, "people": 15}, by=clerk)
    clock.set_now(before)
