"""每天一封: once a day a track's contacts hear how much arrived, and how much waits for them. Apps register what they
ask contacts to review in their `notices.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse

from core.audit.history import recorded
from core.links import absolute
from core.notices.models import Notice
from core.notices.services import Word, notify_all
from tracks.models import Edition, Track

from ..rules.reminders import day_told

DAILY = "track-daily"


@dataclass(frozen=True)
class Source:
    """One kind of thing that contacts review. The models have an `edition`, and a queue in the admin by `track`."""

    counted: str  # "份报名"
    arrived: QuerySet[Any]  # those that count, whenever they came
    since: str  # their field that says when
    waiting: QuerySet[Any]  # those that a contact has to judge
    track: str = "entry__track"  # the way to their track


Piles = Sequence[tuple[Source, dict[int, int]]]  # how many there are, by track
sources: list[Source] = []


def register(*new: Source) -> None:
    """Make sources known; a letter tells of them in this order."""
    sources.extend(new)


def remind(now: datetime) -> int:
    """Tell the contacts of each track what arrived in the day that ended this morning, once. Returns how many notices.

    What was withdrawn or refused since does not count, and nobody is troubled where nothing waits any more.
    """
    if (day := day_told(now)) is None or (edition := Edition.objects.current()) is None:
        return 0
    occasion, kind = f"{now:%Y%m%d}", ContentType.objects.get_for_model(Track)
    if Notice.objects.filter(template=DAILY, content_type=kind, occasion=occasion).exists():
        return 0
    begin, end = day
    arrived = [
        (one, _by_track(one, edition, one.arrived.filter(**{f"{one.since}__gte": begin, f"{one.since}__lt": end})))
        for one in sources
    ]
    if not (tracks := _tracks(arrived)):
        return 0
    left = [(one, _by_track(one, edition, one.waiting)) for one in sources]
    words = []
    for track in edition.tracks.filter(pk__in=tracks & _tracks(left)).prefetch_related("contacts__user"):
        said = _said(edition, track, arrived, left)
        words += [Word(user, DAILY, said, track) for user in track.contact_users]
    with transaction.atomic(), recorded("arrivals.told", by=None):
        return len(notify_all(words, None, occasion))


def _by_track(source: Source, edition: Edition, things: QuerySet[Any]) -> dict[int, int]:
    """How many there are on each track that has some. One statement."""
    found = things.filter(edition=edition).order_by().values_list(source.track)
    return dict(found.annotate(Count("pk")))


def _tracks(piles: Piles) -> set[int]:
    return {track for _, counts in piles for track in counts}


def _said(edition: Edition, track: Track, arrived: Piles, left: Piles) -> dict[str, object]:
    """What the notice says; a text message leads to the first queue in which something waits."""
    new, queues = (
        [(one, counts[track.pk]) for one, counts in piles if track.pk in counts] for piles in (arrived, left)
    )
    waiting = [{"counted": f"{count} {one.counted}", "link": _queue(one, track)} for one, count in queues]
    return {
        "track": edition.rulebook.track(track.code).short_name,
        "arrived": "、".join(f"{count} {one.counted}" for one, count in new),
        "waiting": waiting,
        "total": sum(count for _, count in queues),
        "link": waiting[0]["link"],
    }


def _queue(source: Source, track: Track) -> str:
    meta = source.waiting.model._meta
    return absolute(f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?track={track.pk}")
