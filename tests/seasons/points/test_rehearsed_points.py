"""Two months of the rehearsal's points season in small, and its end."""

from datetime import datetime

import pytest

from aisc_portal.rehearsal import points
from aisc_portal.rehearsal.scene import Scene
from core import clock
from core.clock import BEIJING
from seasons.point_invariants import invariants
from tests.seasons.points import build


@pytest.mark.django_db
def test_months_and_the_freeze_go_as_expected() -> None:
    scene = Scene(1, 7)
    scene.edition, scene.organiser = build.edition(), build.organiser()
    track = scene.edition.tracks.get(code="worker")
    scene.contacts = {track: build.contact(scene.edition)}
    for number in range(1, 5):
        build.entry(scene.edition, number)
    for month, day in ((2, 28), (3, 31)):
        clock.set_now(datetime(2025, month, day, 18, tzinfo=BEIJING))
        points.month(scene)
    clock.set_now(datetime(2025, 9, 7, 9, tzinfo=BEIJING))
    points.finish(scene)
    assert scene.surprises == []
    assert [name for name, wrong in invariants() if wrong] == []
    assert points.totals(scene)["top_100"] > 0
