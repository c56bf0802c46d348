"""What every app counts for the cockpit, asked once a page; a contact's tracks only, where that can be told apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import awards.figures
import judging.figures
import registrations.figures
from core.accounts.models import User
from core.audit.past import knows_contest_time
from core.clock import BEIJING
from registrations.figures import CityUnits, EntryCount, Growth, RowCount
from tracks.models import Edition, Track

DAYS = 30  # that the chart by day goes back


@dataclass(frozen=True)
class Figures:
    """The numbers of one edition for one member of staff at one moment of contest time."""

    user: User
    edition: Edition
    now: datetime

    @cached_property
    def tracks(self) -> list[Track]:
        """All of them for the organiser, a contact's own."""
        return list(Track.objects.visible_to(self.user).filter(edition=self.edition))

    @cached_property
    def cities(self) -> list[CityUnits]:
        """The units by city."""
        return registrations.figures.units_by_city(self.user, self.edition)

    @cached_property
    def rows(self) -> list[RowCount]:
        """Recommended rows."""
        return registrations.figures.rows(self.tracks, self.now)

    @cached_property
    def entries(self) -> list[EntryCount]:
        """Entries."""
        return registrations.figures.entries(self.tracks)

    @cached_property
    def works(self) -> dict[tuple[int, str, str], int]:
        """(track, category, state) → works handed in."""
        return registrations.figures.works(self.tracks)

    @cached_property
    def days(self) -> dict[date, tuple[int, int, int]]:
        """The last days: rows submitted, rows passed, entries entered."""
        return registrations.figures.by_day(self.tracks, self.since)

    @cached_property
    def growth(self) -> Growth | None:
        """Against the last midnight in Beijing; None where history keeps another time than the contest."""
        if not knows_contest_time():
            return None
        return registrations.figures.growth(self.tracks, self.midnight)

    @cached_property
    def rounds(self) -> list[judging.figures.RoundProgress]:
        """Rounds that judges score."""
        return judging.figures.rounds(self.user, self.edition)

    @cached_property
    def honours(self) -> awards.figures.Honours:
        """Prizes and certificates."""
        return awards.figures.honours(self.user, self.edition)

    @property
    def since(self) -> datetime:
        """Where the days of the chart begin."""
        return self.midnight - timedelta(days=DAYS - 1)

    @property
    def midnight(self) -> datetime:
        """When this day began in Beijing."""
        return self.now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)

    def units(self, field: str) -> int:
        """The sum of a number of the cities."""
        return sum(getattr(city, field) for city in self.cities)

    def rows_where(self, fits: Callable[[RowCount], bool]) -> int:
        """Rows that fit."""
        return sum(row.count for row in self.rows if fits(row))

    def entries_where(self, fits: Callable[[EntryCount], bool]) -> int:
        """Entries that fit."""
        return sum(entry.count for entry in self.entries if fits(entry))

    @property
    def unclaimed(self) -> int:
        """Passed rows that nobody has claimed."""
        return sum(row.count - row.claimed for row in self.rows if row.state == "approved")

    @property
    def without_work(self) -> int:
        """Entries taking part that have handed in nothing."""
        return sum(e.count - e.with_work for e in self.entries if e.state in ("entered", "accepted"))

    @property
    def finalists(self) -> int:
        """Works in a roadshow."""
        return sum(one.candidates for one in self.rounds if one.round.kind == "roadshow")
