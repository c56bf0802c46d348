"""What the leaderboard shows (积分榜): names as teams chose them; of individuals the surname alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from registrations.entry_models import Entry, Member
from tracks.models import Edition, Track
from tracks.rulebook.awards import Award

from .models import Ladder, PointSnapshot, Standing
from .rules.standings import across_the_cut
from .services import ladder, standings


@dataclass(frozen=True)
class Row:
    """One line of the board."""

    rank: int | None
    name: str
    track: str
    points: Decimal
    attained_at: datetime | None
    cut: bool = False  # shares the rank on which the cut falls


@dataclass(frozen=True)
class Board:
    """The first hundred of a period and track, and whoever was searched."""

    edition: Edition
    month: str
    track: Track | None
    wanted: str
    now: datetime

    @cached_property
    def rows(self) -> list[Row]:
        """In order; what the organiser must still decide is marked."""
        places = standings.top(self.edition, self.month, self.track)
        tied = {place.standing.entry for place in across_the_cut(places, self.top)}
        names = self._names(place.standing.entry for place in places)
        return [
            Row(
                p.rank, *names[p.standing.entry], p.standing.points, p.standing.attained_at,
                p.standing.entry in tied,
            )
            for p in places
        ]  # fmt: skip

    @cached_property
    def found(self) -> list[Row]:
        """By name or pinyin, with their ranks."""
        rows: list[Standing] = standings.find(self.edition, self.wanted, self.month, self.track)
        ranks = standings.ranks_of(rows, within_track=self.track is not None)
        names = self._names(row.entry_id for row in rows)
        return [Row(ranks.get(row.pk), *names[row.entry_id], row.points, row.attained_at) for row in rows]

    @cached_property
    def months(self) -> list[str]:
        """Those with points."""
        return standings.months_of(self.edition)

    @property
    def tracks(self) -> list[tuple[str, str]]:
        """Code and short name."""
        return [(rule.code, rule.short_name) for rule in self.edition.rulebook.tracks]

    @cached_property
    def published(self) -> bool:
        """Whether rules are published (G31a)."""
        return bool(ladder.rules_of(self.edition))

    @cached_property
    def frozen_at(self) -> datetime | None:
        """When it was frozen."""
        return Ladder.objects.filter(edition=self.edition).values_list("frozen_at", flat=True).first()

    @cached_property
    def freezes(self) -> datetime | None:
        """When it is to be."""
        return ladder.freeze_date(self.edition)

    @cached_property
    def snapshot(self) -> PointSnapshot | None:
        """What was frozen, with its bundle."""
        return PointSnapshot.objects.filter(edition=self.edition).first() if self.frozen_at else None

    @property
    def top(self) -> int:
        """So many win the award."""
        return ladder.cut_of(self.edition)

    @property
    def award(self) -> Award | None:
        """What they win."""
        return self.edition.rulebook.points_award

    def _names(self, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Entry → (name, track)."""
        tracks = {rule.code: rule.short_name for rule in self.edition.rulebook.tracks}
        entries = list(Entry.objects.filter(pk__in=list(keys)).select_related("track"))
        single = [entry.pk for entry in entries if not entry.team_name]
        people = Member.objects.filter(entry__in=single, role="representative").order_by("entry", "left_at")
        names = dict(reversed(list(people.values_list("entry", "name"))))
        return {
            e.pk: (
                e.team_name or _masked(names.get(e.pk, "")) or f"报名 {e.pk:06d}",
                tracks.get(e.track.code, e.track.name),
            )
            for e in entries
        }


def _masked(name: str) -> str:
    """王**: a private person on a page for everybody."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
