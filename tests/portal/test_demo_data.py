"""What `make run` begins with."""

import pytest

from aisc_portal import demo_data
from aisc_portal.demo import start_of
from core import clock
from registrations.entry_models import Entry


@pytest.mark.django_db
def test_the_demo_has_participants_and_is_made_once() -> None:
    demo_data.prepare()
    demo_data.prepare()
    entries = Entry.objects.order_by("pk")
    assert [(entry.team_name, entry.state, entry.members) for entry in entries] == [
        ("智绘科普队", "entered", 2),
        ("", "draft", 1),
    ]
    assert clock.now().date() == start_of(entries[0].edition).date()
