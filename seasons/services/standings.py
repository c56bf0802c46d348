"""Reading who stands where. A rank is a sum over scores that occur, not over entries: see `point_guards`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from registrations.entry_models import Entry, Member
from tracks.models import Edition, Track

from ..models import Standing, Tally
from ..rules import standings as rules
from ..rules.standings import Place
from .ladder import cut_of

ALL = ""  # the period of all months
FOUND_MOST = 50


@dataclass(frozen=True)
class Mine:
    """Where one entry stands."""

    points: Decimal
    rank: int | None  # None: no points, or not in the ladder
    words: str  # how far it is to the cut


def ladder(edition: Edition, period: str = ALL, track: Track | None = None) -> QuerySet[Standing]:
    """The standings that are ranked, in order."""
    rows = Standing.objects.filter(period=period, in_ladder=True, points__gt=0)
    rows = rows.filter(track=track) if track else rows.filter(edition=edition)
    return rows.order_by("-points", "attained_at", "entry")


def top(edition: Edition, period: str = ALL, track: Track | None = None, most: int = 0) -> list[Place]:
    """The first so many, and whoever shares the last rank with them. most: 0 for as many as win the award."""
    most = most or cut_of(edition)
    rows = list(ladder(edition, period, track)[: most + 1])
    cut = rows.pop() if len(rows) > most else None
    if cut and _same(rows[-1], cut):
        tied = ladder(edition, period, track).filter(points=cut.points, attained_at=cut.attained_at)
        rows += tied.exclude(pk__in=[row.pk for row in rows])
    return rules.places(map(as_ranked, rows))


def rank_of(standing: Standing) -> int | None:
    """The rank among all of the edition; None for what is not ranked."""
    return ranks_of([standing]).get(standing.pk)


def ranks_of(standings: Sequence[Standing], *, within_track: bool = False) -> dict[int, int]:
    """Standing's key → rank, among all or within its track; what is not ranked is left out. Two short queries each."""
    found = {}
    for one in standings:
        if not one.in_ladder or one.points <= 0:
            continue
        mine = {"track": one.track_id} if within_track else {"edition": one.edition_id}
        ahead = Tally.objects.filter(edition=one.edition_id, period=one.period, points__gt=one.points)
        ahead = ahead.filter(track=one.track_id) if within_track else ahead
        better = ahead.aggregate(entries=Sum("entries"))["entries"] or 0
        earlier = Standing.objects.filter(
            period=one.period, in_ladder=True, points=one.points, attained_at__lt=one.attained_at, points__gt=0, **mine
        )
        found[one.pk] = better + earlier.count() + 1
    return found


def mine(entry: Entry, period: str = ALL) -> Mine:
    """Where an entry stands, and how far it is to the cut."""
    standing = Standing.objects.filter(entry=entry, period=period).first()
    points, rank = (standing.points, rank_of(standing)) if standing else (Decimal(0), None)
    cut = cut_of(entry.edition)
    at_the_cut = ladder(entry.edition, period)[cut - 1 : cut].values_list("points", flat=True)
    return Mine(points, rank, rules.gap(points, next(iter(at_the_cut), None), rank, cut))


def find(edition: Edition, words: str, period: str = ALL, track: Track | None = None) -> list[Standing]:
    """Those of a team's or person's name, or its pinyin, the best first; at most FOUND_MOST."""
    words = " ".join(words.split())
    if not words:
        return []
    people = Member.objects.filter(
        Q(name__icontains=words) | Q(pinyin__icontains=words.lower()), left_at=None, edition=edition
    ).filter(entry__kind="individual")
    entries = Entry.objects.filter(edition=edition).filter(
        Q(team_name__icontains=words) | Q(pinyin__icontains=words.lower()) | Q(pk__in=people.values("entry"))
    )
    return list(ladder(edition, period, track).filter(entry__in=entries)[:FOUND_MOST])


def months_of(edition: Edition) -> list[str]:
    """The months in which anything was earned, the newest first."""
    months = Tally.objects.filter(edition=edition).exclude(period=ALL).values_list("period", flat=True).distinct()
    return sorted(months, reverse=True)


def as_ranked(row: Standing) -> rules.Standing:
    """A row as the rules rank it."""
    if row.attained_at is None:  # cannot be: points above zero stand on a line that does
        raise ValueError(f"standing {row.pk} has points and no moment")
    return rules.Standing(row.entry_id, row.points, row.attained_at)


def _same(one: Standing, other: Standing) -> bool:
    return (one.points, one.attained_at) == (other.points, other.attained_at)
