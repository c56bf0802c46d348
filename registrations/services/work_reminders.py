"""Telling entries that have handed in no work yet, a week and a day before it closes."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from core.audit.history import recorded
from core.clock import BEIJING
from core.links import link_to
from core.notices.services import notify
from tracks.models import Edition
from tracks.rulebook.contest import Category

from ..entry_models import Entry, Member
from ..rules.reminders import due_reminder
from ..work_models import Work
from .dossier import title_of
from .reminders import told_before

NEAR = "work-deadline-near"


def remind(now: datetime) -> int:
    """Tell the representatives whatever is due at this moment of contest time, each once. Returns how many were told.

    One notice for all categories of an entry that close together; a work that was taken back is left in peace.
    """
    if (edition := Edition.objects.current()) is None:
        return 0
    closing: defaultdict[tuple[int, datetime], list[Category]] = defaultdict(list)
    for category in edition.rulebook.categories:
        window = edition.window("submit", category.code)
        if window.closes and (days := due_reminder(window, now)):
            closing[days, window.closes].append(category)
    if not closing:
        return 0
    with transaction.atomic(), recorded("work.reminded", by=None):
        entries = list(_accepted(edition))
        return sum(_tell(entries, days, closes, found) for (days, closes), found in closing.items())


def _accepted(edition: Edition) -> list[Entry]:
    """Those that may hand in, with their representatives and works; three queries, however many."""
    leaders = Member.objects.filter(role="representative", left_at=None).select_related("user")
    touched = Work.objects.exclude(state="draft")
    entries = Entry.objects.filter(edition=edition, state="accepted").order_by("pk")
    return list(
        entries.prefetch_related(
            Prefetch("people", leaders, to_attr="leaders"), Prefetch("works", touched, to_attr="touched")
        )
    )


def _tell(entries: list[Entry], days: int, closes: datetime, closing: list[Category]) -> int:
    occasion, told, count = f"{days}-days-{closes.astimezone(BEIJING):%Y%m%d}", told_before(NEAR, Entry), 0
    for entry in entries:
        handed_in = {work.category for work in entry.touched}  # type: ignore[attr-defined]
        wanted = [c for c in closing if c.code in entry.categories and c.code not in handed_in]
        if not wanted or (str(entry.pk), occasion) in told:
            continue
        for leader in entry.leaders:  # type: ignore[attr-defined]
            said = {
                "entrant": title_of(entry, leader),
                "categories": [f"{category.code} {category.short_name}" for category in wanted],
                "deadline": closes,
                "days": days,
                "link": link_to("entry", entry=entry.pk),
            }
            notify(leader.user, NEAR, about=entry, occasion=occasion, **said)
            count += 1
    return count
