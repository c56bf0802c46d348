"""The cockpit's page, put together: every part of it a property, so that a part that is not shown asks nothing."""

from dataclasses import dataclass
from functools import cached_property

import core.files.figures
import core.jobs.figures
import core.notices.figures
from core.audit import backups
from core.audit.backups import Backups
from core.audit.models import Checkup
from core.notices.models import Notice
from judging.figures import RoundProgress
from registrations import figures as counted
from registrations.models import UnitQuota

from .. import checkups
from . import addresses, funnel, shares
from .coming import Coming, coming
from .figures import Figures
from .funnel import Step

SHOWN = 6  # units in each of the two lists
FAILURES = 4


@dataclass(frozen=True)
class Page:
    """What one member of staff sees."""

    figures: Figures

    @property
    def organiser(self) -> bool:
        """Mail, storage and the checks are the organiser's alone."""
        return self.figures.user.is_superuser

    @cached_property
    def coming(self) -> list[Coming]:
        """The next dates; the first one stands large."""
        return coming(self.figures)

    @cached_property
    def units(self) -> list[Step]:
        """First half of the funnel."""
        return funnel.units(self.figures)

    @cached_property
    def teams(self) -> list[Step]:
        """Second half."""
        return funnel.teams(self.figures)

    @property
    def since_yesterday(self) -> str:
        """What there is more, or less, than at the end of yesterday; empty where that is not known."""
        return funnel.since_yesterday(self.teams)

    @cached_property
    def cities(self) -> shares.Share:
        """By city."""
        return shares.by_city(self.figures)

    @cached_property
    def tracks(self) -> shares.Share:
        """By track: how far the reviewers are."""
        return shares.by_track(self.figures)

    @cached_property
    def categories(self) -> shares.Share:
        """By category."""
        return shares.by_category(self.figures)

    @cached_property
    def days(self) -> shares.Share:
        """By day."""
        return shares.by_day(self.figures)

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """The chart by day: (left, top, height) of each day's column in per cent."""
        step = 100 / max(len(self.days.lines), 1)
        tall = [float(funnel.percent(line.numbers[0], line.full).rstrip("%")) for line in self.days.lines]
        return [(f"{n * step:.2f}%", f"{100 - height:.1f}%", f"{height:.1f}%") for n, height in enumerate(tall)]

    @cached_property
    def silent(self) -> list[UnitQuota]:
        """Units that have submitted nothing, most places first."""
        return list(counted.silent_units(self.figures.user, self.figures.edition)[:SHOWN])

    @cached_property
    def unclaimed(self) -> list[UnitQuota]:
        """Units with passed places that nobody has claimed."""
        return list(counted.unclaimed_units(self.figures.user, self.figures.edition)[:SHOWN])

    @property
    def recommending(self) -> bool:
        """Whether units may submit now, so that urging them makes sense."""
        return self.figures.edition.window("recommend").contains(self.figures.now)

    @property
    def rounds(self) -> list[RoundProgress]:
        """Rounds that have anything to judge."""
        return [one for one in self.figures.rounds if one.candidates or one.sheets]

    @cached_property
    def mail(self) -> dict[str, int]:
        """Of the last seven days, by state."""
        return core.notices.figures.lately()

    @cached_property
    def stuck(self) -> list[tuple[Notice, bool]]:
        """Messages that a person must look at, each with whether its address can be corrected here."""
        return [(one, addresses.corrigible(one)) for one in addresses.stuck(FAILURES)]

    @cached_property
    def queue(self) -> core.jobs.figures.Queue:
        """The background work."""
        return core.jobs.figures.queue(checkups.JOB)

    @cached_property
    def files(self) -> list[core.files.figures.KindSize]:
        """By kind."""
        return core.files.figures.sizes()

    @property
    def stored(self) -> tuple[int, int]:
        """(files, bytes) in all."""
        return sum(kind.files for kind in self.files), sum(kind.bytes for kind in self.files)

    @cached_property
    def room(self) -> tuple[int, int] | None:
        """(free, whole) bytes of the disk."""
        return core.files.figures.room()

    @cached_property
    def checkup(self) -> Checkup | None:
        """The last check of all invariants."""
        return Checkup.objects.first()

    @cached_property
    def backups(self) -> Backups:
        """The last backup and the last drill that the portal was told of."""
        return backups.last()

    @property
    def checking(self) -> bool:
        """Whether one is asked for."""
        return self.queue.of_kind > 0
