"""The contest's year as a table: what happens when. A later part adds its module, and its lines here."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from core import clock
from core.clock import BEIJING
from core.jobs.services import unattended

from . import (
    awards,
    calling,
    certificates,
    closing,
    entries,
    filling,
    judging,
    opening,
    paper,
    placements,
    points,
    pupils,
    reviewing,
    training,
    verdicts,
    works,
)
from .scene import Scene

Stage = Callable[[Scene], None]
ENTRIES_A_UNIT = 10
CALENDAR: tuple[tuple[str, Stage], ...] = (  # Beijing time
    ("2024-12-02 09:00", opening.load),
    ("2024-12-02 10:00", opening.invite),
    ("2024-12-03 09:00", opening.join),
    ("2024-12-04 09:00", filling.fill_early),
    ("2024-12-05 09:00", filling.think_again),
    ("2024-12-05 10:00", filling.open_places),
    ("2024-12-05 14:00", paper.stamp),
    ("2024-12-06 09:00", paper.edit),
    ("2024-12-08 17:30", calling.remind),  # a week before the deadline
    ("2024-12-09 08:00", opening.join_late),
    ("2024-12-09 09:00", filling.fill_after_reminder),
    ("2024-12-09 14:00", paper.stamp),
    ("2024-12-10 09:00", reviewing.review),
    ("2024-12-11 09:00", reviewing.correct),
    ("2024-12-12 09:00", calling.urge),
    ("2024-12-14 17:30", calling.remind),  # a day before it
    ("2024-12-15 09:00", reviewing.correct),  # 补正 is over, the window is not
    ("2024-12-15 14:00", filling.fill_last_day),
    ("2024-12-15 16:00", paper.stamp),
    ("2024-12-15 17:00:01", filling.late),  # 17:00 sharp was the last second
    ("2024-12-16 09:00", filling.extend),
    ("2024-12-16 10:00", reviewing.review),
    ("2024-12-17 18:00", calling.remind_extended),
    ("2024-12-18 09:00", filling.fill_extended),
    ("2024-12-18 17:00:01", filling.late_again),
    ("2024-12-19 09:00", calling.remind_correcting),
    ("2024-12-19 10:00", reviewing.correct),  # after the deadline, within 补正
    ("2024-12-19 14:00", paper.stamp),
    ("2024-12-20 09:00", reviewing.too_late),
    ("2024-12-20 10:00", reviewing.review),
    ("2024-12-20 14:00", entries.issue),
    ("2024-12-21 09:00", entries.claim),
    ("2024-12-22 09:00", entries.register),  # the online channel is open
    ("2024-12-23 09:00", entries.gather),
    ("2024-12-24 08:00", pupils.answer),
    ("2024-12-24 09:00", entries.enter),
    ("2024-12-25 09:00", entries.drop_out),
    ("2024-12-26 00:00", entries.close),
    ("2024-12-26 10:00", verdicts.judge),
    ("2024-12-27 08:00", pupils.answer),  # guardians who were slow
    ("2024-12-27 09:00", verdicts.prove_again),
    ("2024-12-30 10:00", verdicts.judge),
    ("2024-12-30 14:00", training.plan),
    ("2025-01-02 09:00", verdicts.end_correction),  # 补正 is over
    ("2025-01-03 09:00", verdicts.take_back),
    ("2025-01-06 09:00", training.enrol),
    ("2025-01-12 09:00", works.begin),  # all three theme seasons are open
    ("2025-01-13 10:00", works.review),
    ("2025-01-13 20:00", training.remind),  # a day before the first evening
    ("2025-01-14 19:40", training.attend),
    ("2025-01-15 09:00", works.mend),
    ("2025-01-16 19:40", training.attend),
    ("2025-01-17 09:00", training.import_files),
    ("2025-01-20 10:00", works.review),  # 补正 is over for those that did not come back
    ("2025-01-21 10:00", training.decide),
    ("2025-02-28 18:00", points.month),  # the season has seven months
    ("2025-03-03 09:00", placements.place),
    ("2025-03-04 09:00", placements.answer),
    ("2025-03-06 10:00", placements.settle),
    ("2025-03-20 09:00", placements.visit),
    ("2025-03-31 18:00", points.month),
    ("2025-04-30 18:00", points.month),
    ("2025-05-05 09:00", placements.place),
    ("2025-05-06 09:00", placements.answer),
    ("2025-05-08 10:00", placements.settle),
    ("2025-05-22 09:00", placements.visit),
    ("2025-05-31 18:00", points.month),
    ("2025-06-30 18:00", points.month),
    ("2025-07-31 18:00", points.month),
    ("2025-08-30 18:00", points.month),
    ("2025-08-31 00:00", works.close),  # the last second was 2025-08-30 23:59:59
    ("2025-09-01 10:00", works.review),
    ("2025-09-02 09:00", judging.settle),
    ("2025-09-02 10:00", training.fill),
    ("2025-09-02 14:00", judging.fill),
    ("2025-09-03 09:00", judging.invite),
    ("2025-09-03 14:00", judging.distribute),
    ("2025-09-04 09:00", judging.score),
    ("2025-09-07 09:00", points.finish),  # a week after the season's end
    ("2025-09-08 09:00", judging.finish),
    ("2025-09-10 10:00", judging.freeze),
    ("2025-09-20 09:00", judging.final),
    ("2025-09-21 09:00", awards.decide),
    ("2025-09-22 10:00", awards.announce),
    ("2025-09-23 09:00", awards.object_to),
    ("2025-10-15 09:00", awards.finish),  # new names were announced for a whole window again
    ("2025-10-16 09:00", certificates.make),
    ("2025-10-17 09:00", certificates.verify),
)


# What `--until` may name: a part of the year, and what ends it; the summary has a key for each.
ENDS: dict[str, Stage] = {
    "units": opening.join_late,
    "places": reviewing.review,
    "entries": verdicts.take_back,
    "training": training.decide,
    "works": works.review,
    "points": points.finish,
    "judging": judging.final,
    "ballots": judging.final,
    "awards": awards.finish,
    "certificates": certificates.verify,
}


def until(part: str) -> tuple[tuple[str, Stage], ...]:
    """The calendar up to the last line of a part."""
    last = max(number for number, (_, stage) in enumerate(CALENDAR) if stage == ENDS[part])
    return CALENDAR[: last + 1]


class Rehearsal:
    """One run of the year; the same seed, the same contest. `run()` gives the summary."""

    def __init__(
        self,
        units: int,
        seed: int,
        tell: Callable[[str], object],
        wanted: int | None = None,
        calendar: tuple[tuple[str, Stage], ...] = CALENDAR,
        hands: int = 1,
    ) -> None:
        """tell: takes a line about each stage that is done. wanted: entries; without, ten a unit. hands: processes
        at work; more than one need a database that commits."""
        self.scene = Scene(units, seed, ENTRIES_A_UNIT * units if wanted is None else wanted, hands)
        self.tell = tell
        self.calendar = calendar
        self.seconds: dict[str, float] = {}

    def run(self) -> dict[str, Any]:
        """Every stage in turn; after each the workers deliver what is due. Raises TooManyUnits."""
        with unattended():
            self._live()
        rounded = {name: round(seconds, 2) for name, seconds in self.seconds.items()}
        return closing.summary(self.scene) | {"seconds": rounded}

    def _live(self) -> None:
        for moment, stage in self.calendar:
            clock.set_now(datetime.fromisoformat(moment).replace(tzinfo=BEIJING))
            self._timed("calling.morning", calling.morning, self.scene)
            name = f"{stage.__module__.rpartition('.')[2]}.{stage.__name__}"
            took = self._timed(name, stage, self.scene) + self._timed("deliver", self.scene.deliver)
            self.tell(f"{moment[5:16]}  {name:<26} {took:6.1f} s")
        self._timed("check", closing.check, self.scene)

    def _timed(self, name: str, act: Callable[..., object], *args: Any) -> float:
        began = time.perf_counter()
        act(*args)
        took = time.perf_counter() - began
        self.seconds[name] = self.seconds.get(name, 0) + took
        return took
