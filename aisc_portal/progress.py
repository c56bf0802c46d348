"""我到哪一步了: a participant's first page, composed of what each app says of an entry (`progress.part`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from awards import progress as awards_progress
from core.accounts.access import signed_in
from registrations import progress as registrations
from registrations.blocks import Reader
from registrations.entry_reads import seen
from registrations.journey import Day, Step
from registrations.progress import Block, Part, Task
from registrations.services.dossier import Dossier
from seasons import progress as points_progress
from seasons import training_progress
from tracks.current import at_hand, contest_time

# From left to right, as the apps import each other: a later app's step replaces an earlier one's of the same code.
PARTS: tuple[Callable[[Dossier, Reader], Part], ...] = (
    registrations.part,
    training_progress.part,
    points_progress.part,
    awards_progress.part,
)
DAYS_SHOWN = 5


@dataclass(frozen=True)
class Page:
    """The parts put together."""

    dossier: Dossier
    reader: Reader

    @cached_property
    def parts(self) -> list[Part]:
        """What each app says."""
        return [part(self.dossier, self.reader) for part in PARTS]

    @cached_property
    def steps(self) -> list[Step]:
        """The whole way; the first step that is not done is where the entry stands."""
        way = {step.code: step for part in self.parts for step in part.steps}
        steps, here = list(way.values()), next((step for step in way.values() if step.state != "done"), None)
        return [replace(step, state="now") if step is here and step.state == "todo" else step for step in steps]

    @property
    def at(self) -> int:
        """The number of the step where the entry stands, from 1; 0 when everything is done."""
        return next((number for number, step in enumerate(self.steps, 1) if step.state != "done"), 0)

    @property
    def task(self) -> Task:
        """What comes first: what came back, else the earliest app's."""
        tasks = [task for part in self.parts for task in part.tasks]
        return next((task for task in tasks if task.fix), tasks[0])

    @property
    def days(self) -> list[Day]:
        """The next dates; what is urgent is never crowded out."""
        days = sorted((day for part in self.parts for day in part.days), key=lambda day: (not day.hot, day.at))
        return sorted(days[:DAYS_SHOWN], key=lambda day: day.at)

    @property
    def blocks(self) -> list[Block]:
        """The main column."""
        return sorted((block for part in self.parts for block in part.blocks), key=lambda block: block.place)

    @property
    def side(self) -> list[Block]:
        """The side column, below the dates."""
        return sorted((block for part in self.parts for block in part.side), key=lambda block: block.place)


@login_required
@require_safe
def entry(request: HttpRequest, entry: int) -> HttpResponse:
    """For its people; officers of its unit and contacts of its track read it without what is private."""
    found = seen(signed_in(request), entry)
    at_hand(request, found)
    dossier = Dossier(found, contest_time(request))
    page = Page(dossier, Reader.of(signed_in(request), dossier))
    return render(request, "registrations/entries/entry.html", {"page": page, "entry": found, "reader": page.reader})
