"""The rehearsal's prizes on a handful of entries, after its rounds, without a surprise."""

from datetime import datetime

import pytest

from aisc_portal.rehearsal import awards, certificates
from aisc_portal.rehearsal.scene import Scene
from awards.invariants import invariants
from core import clock
from core.clock import BEIJING
from core.jobs.services import drain_all
from registrations.entry_models import Entry
from seasons.services import freezing
from tests.judging import build as judging
from tests.judging.test_rehearsal import STAGES as JUDGED
from tests.seasons.points import build as points

STAGES = (
    *JUDGED,
    ("2025-09-21 09:00", awards.decide),
    ("2025-09-22 10:00", awards.announce),
    ("2025-09-23 09:00", awards.object_to),
    ("2025-10-15 09:00", awards.finish),
    ("2025-10-16 09:00", certificates.make),
    ("2025-10-17 09:00", certificates.verify),
)


@pytest.fixture
def scene(db: None) -> Scene:
    """Twelve accepted entries in all three categories; some have points, frozen."""
    made = Scene(1, 7)
    made.edition, made.organiser = points.edition(), judging.organiser()
    made.contacts = {track: judging.contact(made.edition, track.code) for track in made.edition.tracks.all()}
    entries = [judging.entry(made.edition, number) for number in range(1, 13)]
    for state in ("entered", "accepted"):
        Entry.objects.update(state=state, entered_at=clock.now())
    for one in entries[:3]:
        points.fact(one, by=made.organiser)
    points.post(made.edition)
    freezing.freeze(made.edition, reason="演练", by=made.organiser)
    drain_all()
    return made


@pytest.mark.django_db
def test_lists_become_final(scene: Scene) -> None:
    for moment, stage in STAGES:
        clock.set_now(datetime.fromisoformat(moment).replace(tzinfo=BEIJING))
        stage(scene)
        drain_all()
    found = awards.totals(scene)
    assert scene.surprises == []
    assert [finding for finding in invariants() if finding[1]] == []
    assert found["lists"] == {"draft": 0, "locked": 0, "published": 0, "final": 5}
    assert found["prizes"]["leader first"] == 15
    assert found["objections"] == {"cancelled": 1, "kept": 1, "corrected": 1}
    papers = certificates.totals(scene)
    made = papers["verified"] + 1  # one was printed again afterwards
    assert (papers["batches"] >= 5, papers["states"]) == (True, {"valid": made - 2, "corrected": 1, "revoked": 1})
