"""The volunteer forces' part of the small contest in `tests/world.py`: the unit's force with an activity."""

from datetime import date

from django.db.models import Model

from core.accounts.models import User
from registrations.models import Unit
from seasons.services import forces
from tests.seasons.forces.build import VALUES
from tracks.models import Edition


def make(unit: Unit, edition: Edition, clerk: User) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages)."""
    force = forces.save(unit, edition, VALUES, by=clerk)
    values = {"title": "农技下乡", "kind": "innovation", "day": date(2024, 12, 7), "minutes": 120, "people": 9}
    activity = forces.add_activity(force, values, by=clerk)
    return {"force": force.pk, "activity": activity.pk}, {"seasons_force": force}
