"""A month of the rehearsal's placements in small."""

from datetime import datetime

import pytest

from aisc_portal.rehearsal import placements
from aisc_portal.rehearsal.scene import Scene
from core import clock
from core.clock import BEIJING
from seasons.placing_invariants import invariants
from tests.seasons.placing import build


@pytest.mark.django_db
def test_a_month_goes_as_expected() -> None:
    scene = Scene(1, 7)
    build.regions()
    scene.edition, scene.organiser = build.edition(), build.organiser()
    for number in range(1, 9):
        build.entry(scene.edition, number)
    for day, hour, stage in ((3, 9, "place"), (4, 9, "answer"), (6, 10, "settle"), (20, 9, "visit")):
        clock.set_now(datetime(2025, 3, day, hour, tzinfo=BEIJING))
        getattr(placements, stage)(scene)
    assert scene.surprises == []
    assert [name for name, wrong in invariants() if wrong] == []
    told = placements.totals(scene)
    assert min(told["visited"], told["placements"]["expired"], told["placements"]["declined"]) > 0
    assert told["visited"] == told["records"] == told["placements"]["confirmed"]
