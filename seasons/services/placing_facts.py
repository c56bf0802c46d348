"""Gathering what the rules of placing ask for: needs with places left, offers with what their entries have."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from registrations.states import ENTRY_IN
from tracks.models import Edition

from ..models import Need, Offer, Placement
from ..rules.placing import Offered, Short, Suggestion, Wanted, suggest


@dataclass(frozen=True)
class Board:
    """What the organiser looks at: suggestions and what stays short, with their needs and offers."""

    pairs: tuple[Suggestion, ...]
    short: tuple[Short, ...]
    needs: Mapping[int, Need]
    offers: Mapping[int, Offer]

    @property
    def lines(self) -> list[tuple[Suggestion, Need, Offer]]:
        """Each suggestion with its two sides."""
        return [(pair, self.needs[pair.need], self.offers[pair.offer]) for pair in self.pairs]

    @property
    def lacking(self) -> list[tuple[Short, Need]]:
        """Needs that nobody is left for."""
        return [(one, self.needs[one.need]) for one in self.short]


def board(edition: Edition, now: datetime | None = None) -> Board:
    """Everything as it now stands. Four queries."""
    now = now or clock.now()
    needs = list(
        Need.objects.filter(edition=edition, starts_at__gt=now).wanting().select_related("venue__region__parent")
    )
    for need in needs:
        need.edition = edition
    found = Offer.objects.filter(edition=edition, state="open", entry__state__in=ENTRY_IN)
    offers = list(found.select_related("entry__track", "entry__row"))
    for offer in offers:
        offer.entry.edition = offer.edition = edition
    result = suggest([wanted(need) for need in needs], offered(offers))
    return Board(result.pairs, result.short, {n.pk: n for n in needs}, {o.pk: o for o in offers})


def wanted(need: Need) -> Wanted:
    """A published need as the rules see it; its venue's region at hand."""
    return Wanted(
        need.pk, need.day, need.venue.city, need.venue.county, need.topic, need.age, need.heads or 0, need.left,
        need.taken,
    )  # fmt: skip


def offered(offers: Iterable[Offer]) -> list[Offered]:
    """Offers as the rules see them, with the days that their entries have. One query."""
    offers = list(offers)
    days: dict[int, list[date]] = defaultdict(list)
    held = Placement.objects.held().filter(entry__in=[offer.entry_id for offer in offers])
    for entry, day in held.values_list("entry", "day"):
        days[entry].append(day)
    ranked = sorted(offers, key=lambda offer: (offer.made_at, offer.pk))
    return [_offered(offer, rank, days[offer.entry_id]) for rank, offer in enumerate(ranked)]


def _offered(offer: Offer, rank: int, days: list[date]) -> Offered:
    return Offered(
        key=offer.pk, since=rank, topics=frozenset(offer.topics), regions=frozenset(offer.regions),
        weekdays=frozenset(offer.weekdays), dates=frozenset(offer.dates), ages=frozenset(offer.ages),
        heads=offer.heads, a_month=offer.a_month, booked=frozenset(days),
        months=Counter(f"{day:%Y-%m}" for day in days), placed=len(days),
    )  # fmt: skip
