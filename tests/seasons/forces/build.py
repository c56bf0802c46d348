"""Builders for the tests of volunteer forces."""

from datetime import date
from typing import Any

from core import clock
from core.accounts.models import User
from registrations.entry_models import Entry
from registrations.models import Unit
from registrations.services import entering, recommending
from seasons.models import Force
from seasons.services import forces
from tests.registrations import build as units
from tests.registrations.entries import build as entries
from tracks.models import Edition

VALUES = {"leader": "演示负责人", "post": "主席", "people": 500, "number": "20240001", "areas": ["venues"]}
SOCIETY = "广东省示例学会"


def unit(kind: str = "society", name: str = SOCIETY) -> Unit:
    """A unit of a kind, with a clerk; see `clerk_of`."""
    made = units.unit(kind, name)
    units.officer(made, f"clerk{made.pk}@example.test")
    return made


def clerk_of(unit: Unit) -> User:
    """Who fills in for it."""
    return unit.officers.get().user


def force(unit: Unit, edition: Edition, **values: Any) -> Force:
    """Registered by its clerk."""
    return forces.save(unit, edition, VALUES | values, by=clerk_of(unit))


def activity(force: Force, day: str, title: str = "科普课", **values: Any) -> Any:
    """Written down by the clerk."""
    typed = {"title": title, "kind": "venues", "day": date.fromisoformat(day), "minutes": 90, "people": 12} | values
    return forces.add_activity(force, typed, by=clerk_of(force.unit))


def recommended(
    unit: Unit, edition: Edition, team: str = "", phone: str = "13800138071", track: str = "worker"
) -> Entry:
    """An entry on a row of the unit, before the contact; an individual unless a team is named."""
    clock.set_now(entries.REGISTERING)
    by = entries.person(f"王{chr(0x5000 + int(phone[-2:]))}", phone)
    form = recommending.form_of(unit, edition)
    values = {"name": by.real_name, "team_name": team, "organisation": "" if team else "示例学校", "categories": ["A"]}
    row = recommending.save_row(form, values | {"track": edition.tracks.get(code="worker")}, by=clerk_of(unit))
    typed = {
        "kind": "team" if team else "individual",
        "team_name": team,
        "organisation": "示例学校",
        "categories": ["A"],
    }
    entry = entering.make_entry(edition, typed | {"track": row.track}, representative=by, row=row)
    entries.claim(entry)
    return entering.enter(entry, by=by, accepted=entries.TEXTS)
