"""Telling entries that have handed in no work yet, a week and a day before it closes; each by its own date."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from core.audit.history import recorded
from core.clock import BEIJING
from core.links import link_to
from core.notices.services import notify
from tracks.models import Edition
from tracks.rulebook import Window
from tracks.rulebook.contest import Category

from ..entry_models import Entry, Member
from ..rules.places import extend_window
from ..rules.reminders import due_reminder
from ..states import WORK_HANDED_IN
from ..work_models import Work
from .dossier import title_of
from .reminders import told_before
from .work_telling import said_of

NEAR = "work-deadline-near"
REOPENED = "work-unlocked-near"

Due = tuple[int, datetime]  # days before, and the date itself


def remind(now: datetime) -> int:
    """Tell the representatives whatever is due at this moment of contest time, each once. Returns how many were told.

    A work that a contact opened again (开放修改) has a date of its own, and is asked for if it was not handed in since.
    One notice for all categories of an entry that close together; a work that was taken back is left in peace.
    """
    if (edition := Edition.objects.current()) is None:
        return 0
    windows = {category.code: edition.window("submit", category.code) for category in edition.rulebook.categories}
    closing = any(due_reminder(window, now) for window in windows.values())
    reopened = Work.objects.filter(edition=edition, unlocked_until__gt=now)
    if not closing and not reopened.exists():
        return 0
    with transaction.atomic(), recorded("work.reminded", by=None):
        entries = _accepted(edition)
        if not closing:
            entries = [entry for entry in entries if any(work.unlocked_until for work in entry.begun)]  # type: ignore[attr-defined]
        told = _Told(told_before(NEAR, Entry), told_before(REOPENED, Work))
        return sum(told.tell(entry, windows, now) for entry in entries)


def _accepted(edition: Edition) -> list[Entry]:
    """Those that may hand in, with their representatives and works; three queries, however many."""
    leaders = Member.objects.filter(role="representative", left_at=None).select_related("user")
    entries = Entry.objects.filter(edition=edition, state="accepted").order_by("pk")
    people, works = Prefetch("people", leaders, to_attr="leaders"), Prefetch("works", to_attr="begun")
    found: list[Entry] = list(entries.prefetch_related(people, works))
    for entry in found:
        entry.edition = edition
    return found


class _Told:
    """Who was told already: (object, occasion) of the notices of either kind."""

    def __init__(self, near: set[tuple[str, str]], reopened: set[tuple[str, str]]) -> None:
        self.near, self.reopened = near, reopened

    def tell(self, entry: Entry, windows: dict[str, Window], now: datetime) -> int:
        """Whatever is due to one entry; how many notices."""
        lacking: defaultdict[Due, list[Category]] = defaultdict(list)
        works = {work.category: work for work in entry.begun}  # type: ignore[attr-defined]
        count = 0
        for category in entry.edition.rulebook.categories:
            work = works.get(category.code)
            window = extend_window(windows[category.code], work.unlocked_until if work else None)
            days = due_reminder(window, now)
            if category.code not in entry.categories or days is None or window.closes is None:
                continue
            if work is None or work.state == "draft":
                lacking[days, window.closes].append(category)
            elif work.state in WORK_HANDED_IN and work.reopened and window.closes == work.unlocked_until:
                count += self._ask_again(entry, work, (days, window.closes))
        return count + sum(self._ask(entry, due, categories) for due, categories in lacking.items())

    def _ask(self, entry: Entry, due: Due, categories: list[Category]) -> int:
        if (str(entry.pk), _occasion(due)) in self.near:
            return 0
        days, closes = due
        for leader in _leaders(entry):
            said = {
                "entrant": title_of(entry, leader),
                "categories": [f"{category.code} {category.short_name}" for category in categories],
                "deadline": closes,
                "days": days,
                "link": link_to("entry", entry=entry.pk),
            }
            notify(leader.user, NEAR, about=entry, occasion=_occasion(due), **said)
        return len(list(_leaders(entry)))

    def _ask_again(self, entry: Entry, work: Work, due: Due) -> int:
        if (str(work.pk), _occasion(due)) in self.reopened:
            return 0
        work.entry, work.edition = entry, entry.edition
        for leader in _leaders(entry):
            said = said_of(work) | {"days": due[0], "until": due[1]}
            notify(leader.user, REOPENED, about=work, occasion=_occasion(due), **said)
        return len(list(_leaders(entry)))


def _leaders(entry: Entry) -> Iterator[Member]:
    yield from entry.leaders  # type: ignore[attr-defined]


def _occasion(due: Due) -> str:
    return f"{due[0]}-days-{due[1].astimezone(BEIJING):%Y%m%d}"
