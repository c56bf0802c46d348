"""The rehearsal's 初评 and 终审 on a handful of entries, stage by stage, without a surprise."""

from datetime import datetime

import pytest

from aisc_portal.rehearsal import judging
from aisc_portal.rehearsal.scene import Scene
from core import clock
from core.clock import BEIJING
from core.jobs.services import drain_all
from judging.invariants import invariants
from registrations.entry_models import Entry
from tests.judging import build
from tracks.models import Edition

STAGES = (
    ("2025-09-02 09:00", judging.settle),
    ("2025-09-02 14:00", judging.fill),
    ("2025-09-03 09:00", judging.invite),
    ("2025-09-03 14:00", judging.distribute),
    ("2025-09-04 09:00", judging.score),
    ("2025-09-08 09:00", judging.finish),
    ("2025-09-10 10:00", judging.freeze),
    ("2025-09-20 09:00", judging.final),
)


@pytest.fixture
def scene(edition: Edition) -> Scene:
    """Eight accepted entries, which stand in for works; one contact a track."""
    made = Scene(1, 7)
    made.edition, made.organiser = edition, build.organiser()
    made.contacts = {track: build.contact(edition, track.code) for track in edition.tracks.all()}
    for number in range(1, 9):
        build.entry(edition, number, categories=["A"])
    for state in ("entered", "accepted"):
        Entry.objects.update(state=state, entered_at=clock.now())
    return made


def test_both_rounds_go_through(scene: Scene) -> None:
    for moment, stage in STAGES:
        clock.set_now(datetime.fromisoformat(moment).replace(tzinfo=BEIJING))
        stage(scene)
        drain_all()
    found = judging.totals(scene)
    assert scene.surprises == []
    assert found["rounds"] == {"A 类初评": 8, "A 类终审路演": 8}
    assert (found["connected"], found["recall"]) == ({"A 类初评": True}, {"A 类初评": 1.0})
    assert [finding for finding in invariants() if finding[1]] == []
