"""每天一封: once a day a track's contacts hear how many entries and works arrived, and how many wait for them."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse

from core.audit.history import recorded
from core.links import absolute
from core.notices.models import Notice
from core.notices.services import Word, notify_all
from tracks.models import Edition, Track

from ..eligibility_models import waiting
from ..entry_models import Entry
from ..rules.reminders import day_told
from ..work_models import Work

DAILY = "track-daily"


class Pile(NamedTuple):
    """Entries and works of one track."""

    entries: int
    works: int

    def __str__(self) -> str:
        """12 份报名、3 件作品"""
        counted = ((self.entries, "份报名"), (self.works, "件作品"))
        return "、".join(f"{count} {things}" for count, things in counted if count)


def remind(now: datetime) -> int:
    """Tell the contacts of each track what arrived in the day that ended this morning, once. Returns how many notices.

    What was withdrawn or refused since does not count, and nobody is troubled where nothing waits any more.
    """
    if (day := day_told(now)) is None or (edition := Edition.objects.current()) is None:
        return 0
    occasion, kind = f"{now:%Y%m%d}", ContentType.objects.get_for_model(Track)
    if Notice.objects.filter(template=DAILY, content_type=kind, occasion=occasion).exists():
        return 0
    entries, works = Entry.objects.filter(edition=edition), Work.objects.filter(edition=edition)
    begin, end = day
    arrived = _piles(
        entries.in_contest().filter(entered_at__gte=begin, entered_at__lt=end),
        works.handed_in().filter(submitted_at__gte=begin, submitted_at__lt=end),
    )
    if not arrived:
        return 0
    left = _piles(waiting(entries), works.filter(state="submitted"))
    words = []
    for track in edition.tracks.filter(pk__in=arrived.keys() & left).prefetch_related("contacts__user"):
        said = _said(edition, track, arrived[track.pk], left[track.pk])
        words += [Word(user, DAILY, said, track) for user in track.contact_users]
    with transaction.atomic(), recorded("arrivals.told", by=None):
        return len(notify_all(words, None, occasion))


def _piles(entries: QuerySet[Entry], works: QuerySet[Work]) -> dict[int, Pile]:
    """By track; those with neither are left out. Two statements."""
    one, other = (
        dict(things.order_by().values_list(track).annotate(Count("pk")))
        for things, track in ((entries, "track"), (works, "entry__track"))
    )
    return {track: Pile(one.get(track, 0), other.get(track, 0)) for track in one.keys() | other.keys()}


def _said(edition: Edition, track: Track, arrived: Pile, left: Pile) -> dict[str, object]:
    """What the notice says; a text message leads to the queue in which something waits."""
    entries, works = (
        absolute(f"{reverse(f'admin:registrations_{queue}_changelist')}?track={track.pk}")
        for queue in ("entry", "work")
    )
    return {
        "track": edition.rulebook.track(track.code).short_name,
        "arrived": str(arrived),
        "entries": left.entries,
        "works": left.works,
        "total": sum(left),
        "entries_link": entries,
        "works_link": works,
        "link": entries if left.entries else works,
    }
