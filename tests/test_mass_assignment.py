"""Fields that no form asked for change nobody's rights, places, points or scores (T15)."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from core.accounts.models import User
from core.api.models import ApiToken
from judging.models import Judge, ScoreSheet
from registrations.entry_models import Entry, Member
from registrations.models import Officer, UnitQuota
from seasons.models import PointEntry
from tests.test_access import expected
from tests.world import ROLES, World, a_world
from tracks.models import TrackContact

BELOW = ("anonymous", "person", "officer", "rival", "contact", "stranger")
# Every column by which somebody would gain something, by the name a form would give it.
GUARDED: dict[type, tuple[str, ...]] = {
    User: ("is_staff", "is_superuser", "is_active", "verified"),
    Officer: ("user", "unit"),
    TrackContact: ("user", "track"),
    Judge: ("user", "round"),
    Member: ("user", "entry", "role"),
    Entry: ("members_limit", "instructors_limit"),
    UnitQuota: ("limit",),  # `taken` is counted by the database
    PointEntry: ("points", "worth", "entry"),
    ScoreSheet: ("total",),
    ApiToken: ("scopes", "expires_at", "revoked_at"),
}

GIVEN = {"officer_invitation"}  # whoever holds the link gets what it offers: that is what it is for


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with a_world() as world:
        yield world


def rights() -> dict[str, list[tuple]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values_list("pk", *columns))
        for model, columns in GUARDED.items()
    }


def greedy(world: World, role: str) -> dict[str, str]:
    """Everything one could wish for, under every name."""
    me = str(world.people[role].pk) if role in world.people else "1"
    typed = {name: "1" for columns in GUARDED.values() for name in columns}
    names = {"user": me, "role": "representative", "points": "999", "total": "100", "limit": "999", "scopes": "entries"}
    return typed | names | {"expires_at": "2099-01-01"}


@pytest.mark.parametrize("role", BELOW)
def test_no_field_that_was_not_asked_for_changes_a_right(world: World, role: str) -> None:
    before, changed = rights(), []
    column = ROLES.index(role)
    for name in (
        name for name, letters in expected().items() if letters.split()[1][column] == "." and name not in GIVEN
    ):
        client = Client()
        if role in world.sessions:
            client.cookies["session"] = world.sessions[role]
        with transaction.atomic():
            client.post(world.path(name), greedy(world, role))
            if rights() != before:
                changed.append(name)
            transaction.set_rollback(True)
    assert changed == []
