"""A line is disputed, the contact answers, and what was wrong is reversed; then the season is frozen (Q14)."""

import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from core import clock
from core.problems import Refused
from core.states import StaleState
from seasons.models import PointEntry, PointSnapshot
from seasons.services import disputing, freezing, posting, standings
from tests.seasons.points import build
from tests.seasons.points.build import MARCH
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The edition with its example rules adopted."""
    return build.edition()


@pytest.fixture
def line(edition: Edition) -> PointEntry:
    """A line in somebody's passbook."""
    entry = build.entry(edition)
    build.passed(entry, by=build.contact(edition))
    build.work()
    return PointEntry.objects.select_related("entry__edition").get(rule="hour")


def test_a_dispute_that_holds_takes_the_points_back_and_the_record_waits(line: PointEntry) -> None:
    asked = disputing.ask(line, "活动实际 3 小时", by=build.lead(line.entry))
    answered = disputing.answer(asked, "签到表是 3 小时，请补正", correct=True, by=build.organiser())
    record = line.fact.record
    record.refresh_from_db()
    assert (answered.state, record.state, standings.mine(line.entry).points) == ("corrected", "submitted", 0)
    assert PointEntry.objects.filter(reverses=line).get().reason == "异议成立：签到表是 3 小时，请补正"


def test_a_dispute_that_does_not_hold_changes_nothing(line: PointEntry) -> None:
    asked = disputing.ask(line, "再多一点", by=build.lead(line.entry))
    disputing.answer(asked, "不满 1 小时的部分不计", correct=False, by=build.organiser())
    assert (asked.state, standings.mine(line.entry).points) == ("kept", 19)
    with pytest.raises(StaleState):
        disputing.answer(asked, "再答一次", correct=True, by=build.organiser())


def test_one_dispute_a_line_at_a_time_and_within_its_days(line: PointEntry) -> None:
    by = build.lead(line.entry)
    with pytest.raises(Refused):
        disputing.ask(line, " ", by=by)
    disputing.ask(line, "少计了", by=by)
    with pytest.raises(Refused, match="正在处理"):
        disputing.ask(line, "又一次", by=by)
    clock.set_now(line.posted_at + timedelta(days=15))
    other = PointEntry.objects.select_related("entry__edition").get(rule="activity")
    with pytest.raises(Refused, match="已过期限"):
        disputing.ask(other, "太晚了", by=by)


# --- The end ----------------------------------------------------------------------------------------------


def test_freezing_early_or_with_open_matters_needs_a_reason(line: PointEntry) -> None:
    disputing.ask(line, "少计了", by=build.lead(line.entry))
    with pytest.raises(Refused) as refusal:
        freezing.freeze(line.entry.edition, by=build.organiser())
    assert refusal.value.codes == ["freeze.disputes", "freeze.early"]


def test_once_frozen_no_line_is_added_whoever_writes(line: PointEntry) -> None:
    edition, by = line.entry.edition, build.organiser()
    freezing.freeze(edition, reason="演练", by=by)
    with pytest.raises(Refused, match="冻结"):
        posting.post(edition)
    line.pk, line.turn = None, 9
    with pytest.raises(DatabaseError), transaction.atomic():
        line.save(force_insert=True)
    freezing.thaw(edition, reason="漏审一条", by=by)
    assert posting.post(edition) == 0


def test_the_bundle_counts_to_the_frozen_standings(edition: Edition, tmp_path: Path) -> None:
    entries = [build.entry(edition, number) for number in range(1, 4)]
    for number, entry in enumerate(entries, 1):
        for day in range(number):
            build.fact(entry, MARCH + timedelta(days=day), by=build.organiser())
    build.post(edition)
    fact = build.fact(entries[0], MARCH + timedelta(days=20), by=build.organiser())
    build.post(edition)
    posting.void(fact, reason="重复", decider=build.organiser())
    freezing.freeze(edition, reason="演练", by=build.organiser())
    build.work()
    snapshot = PointSnapshot.objects.get()
    with snapshot.bundle.blob.open() as blob, zipfile.ZipFile(blob) as bundle:
        bundle.extractall(tmp_path)
    run = subprocess.run([sys.executable, "recompute.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, snapshot.entries, snapshot.sha256 in run.stdout) == (0, 3, True), run.stdout + run.stderr
    changed = tmp_path / "standings.csv"
    changed.write_text(changed.read_text("utf-8").replace("\n1,", "\n2,"), "utf-8")
    again = subprocess.run([sys.executable, "recompute.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 1
