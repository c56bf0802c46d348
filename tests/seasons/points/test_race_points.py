"""Many hands at once: posting by two workers, a worker that is killed, one person at two places, two disputes."""

import time
from datetime import timedelta
from decimal import Decimal
from functools import partial
from multiprocessing import get_context

import pytest
from django.db import connections
from django.db.models import Count

from core.problems import Refused
from registrations.entry_models import Entry
from registrations.services import entering
from seasons.models import PointEntry, PointFact, ServiceHours, Standing
from seasons.point_invariants import invariants
from seasons.services import posting, recording
from tests.registrations.owner import as_owner, stop_counting
from tests.registrations.racing import race, told
from tests.seasons.points import build
from tests.seasons.points.build import MARCH
from tracks.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)


def approved(edition: Edition, entries: int, facts: int) -> list[Entry]:
    """Entries with facts that wait; by the caps not all of them count in full."""
    made = [build.entry(edition, number) for number in range(1, entries + 1)]
    for entry in made:
        for day in range(facts):
            build.fact(entry, MARCH + timedelta(days=day), by=build.organiser())
    return made


def doubled() -> list[tuple[int, str]]:
    """Facts with more than one line by the same rule."""
    lines = PointEntry.objects.values("fact", "rule").annotate(count=Count("pk")).filter(count__gt=1)
    return list(lines.values_list("fact", "rule"))


def broken() -> list[str]:
    return [name for name, wrong in invariants() if wrong]


def test_two_workers_post_everything_once() -> None:
    edition = build.edition()
    approved(edition, entries=3, facts=8)
    outcomes = race(*[partial(posting.post, edition, portion=1)] * 2)
    assert (sum(outcomes), doubled(), broken()) == (24, [], [])
    assert set(Standing.objects.filter(period="").values_list("points", flat=True)) == {Decimal(60 + 32 + 40)}


def test_a_worker_killed_half_way_leaves_whole_entries_and_the_next_goes_on() -> None:
    edition = build.edition()
    approved(edition, entries=6, facts=3)
    connections.close_all()
    worker = get_context("fork").Process(target=_post_slowly, args=(edition.pk,))
    worker.start()
    until = time.monotonic() + 60
    while not PointFact.objects.filter(posted_at__isnull=False).exists() and time.monotonic() < until:
        time.sleep(0.01)
    worker.kill()
    worker.join()
    posted = PointFact.objects.filter(posted_at__isnull=False).count()
    assert 0 < posted < 18
    assert PointEntry.objects.count() == posted * 3
    assert (posting.post(edition), posting.post(edition), doubled(), broken()) == (18 - posted, 0, [], [])


def _post_slowly(edition: int) -> None:
    """One entry a transaction, with a rest after each."""
    connections.close_all()  # whatever was left of the parent's
    found = Edition.objects.get(pk=edition)
    while posting._post_portion(found, None, 1):
        time.sleep(10)  # it is killed in its first rest


def test_posting_and_leaving_do_not_block_each_other() -> None:
    edition = build.edition()
    entries = approved(edition, entries=4, facts=2)
    posting.post(edition)
    for entry in entries:
        build.fact(entry, MARCH + timedelta(days=9), by=build.organiser())
    leave = [partial(entering.withdraw_entry, entry, by=None) for entry in entries[:2]]
    assert told(race(partial(posting.post, edition, portion=1), *leave)) == {"ok": 3}
    assert (Standing.objects.filter(period="", in_ladder=True).count(), broken()) == (2, [])


# --- One person, two places -------------------------------------------------------------------------------


def overlapping() -> list[partial[object]]:
    """Two records of one person at the same time, to be handed in at once by whoever comes first."""
    entry = build.entry(build.edition())
    made = [build.record(entry, MARCH + timedelta(hours=hour)) for hour in (0, 1)]
    return [partial(recording.submit, record, by=build.lead(entry)) for record in made]


def test_one_person_hands_in_one_of_two_at_once() -> None:
    assert told(race(*overlapping())) == {"ok": 1, "record.overlap": 1}
    assert broken() == []


def test_without_the_guard_both_go_in() -> None:
    acts = overlapping()
    stop_counting(ServiceHours, "not_twice")
    assert told(race(*acts)) == {"ok": 2}
    assert broken() == ["没有人同时在两处服务"]


def test_the_guard_waits_even_where_no_service_asks() -> None:
    """Two transactions that write the hours themselves, neither seeing the other's rows: one is refused."""
    entry = build.entry(build.edition())
    made = [build.submitted_later(entry, MARCH + timedelta(hours=hour)) for hour in (0, 1)]

    def take(pk: int) -> None:
        ServiceHours.objects.filter(pk=pk).update(counts=True)

    outcomes = told(race(*[partial(take, one.pk) for one in made]))
    assert (outcomes.pop("ok"), len(outcomes)) == (1, 1)


def test_two_portions_of_one_entry_keep_the_cap() -> None:
    """Without the ladder's lock both would count from nought."""
    edition = build.edition()
    (entry,) = approved(edition, entries=1, facts=9)
    race(*[partial(posting.post, edition, portion=1)] * 3)
    capped = PointEntry.objects.filter(entry=entry, rule="activity")
    assert sum(line.points for line in capped) == 60
    assert as_owner("SELECT count(*) FROM seasons_pointentry") == [(27,)]
    with pytest.raises(Refused):
        posting.repost(edition, sha256="", reason="x", by=build.organiser())
