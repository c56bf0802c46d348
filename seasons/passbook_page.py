"""What the passbook shows (积分存折)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from registrations.entry_models import Entry
from registrations.services.dossier import title_of
from tracks.rulebook.judging import PointRule

from .models import Dispute, Ladder, PointEntry, PointFact, Standing
from .services import standings
from .services.ladder import freeze_date, rules_of
from .services.standings import Mine


@dataclass(frozen=True)
class Passbook:
    """One entry's lines, the latest first, and where it stands."""

    entry: Entry
    now: datetime
    acts: bool  # the reader may dispute

    @property
    def title(self) -> str:
        """Whose it is."""
        return title_of(self.entry)

    @property
    def query(self) -> QuerySet[PointEntry]:
        """The lines; their facts, records and disputes come along."""
        back = PointEntry.objects.filter(reverses=OuterRef("pk"))
        lines = PointEntry.objects.filter(entry=self.entry).select_related("fact__record", "fact__season", "by")
        disputes = Prefetch("disputes", Dispute.objects.order_by("pk"))
        return lines.annotate(reversed=Exists(back)).prefetch_related(disputes).order_by("-pk")

    @cached_property
    def mine(self) -> Mine:
        """Points, rank, distance."""
        return standings.mine(self.entry)

    @cached_property
    def months(self) -> list[Standing]:
        """Each month's points, the newest first."""
        return list(Standing.objects.filter(entry=self.entry).exclude(period="").order_by("-period"))

    @cached_property
    def waiting(self) -> int:
        """Approved, and not in the ledger yet."""
        return PointFact.objects.filter(entry=self.entry, posted_at=None, voided_at=None).count()

    @cached_property
    def published(self) -> bool:
        """Whether there are rules."""
        return bool(rules_of(self.entry.edition))

    @property
    def rules(self) -> tuple[PointRule, ...]:
        """They, for the reader."""
        return self.entry.edition.rulebook.point_rules

    @cached_property
    def frozen_at(self) -> datetime | None:
        """When the points were frozen."""
        return Ladder.objects.filter(edition=self.entry.edition_id).values_list("frozen_at", flat=True).first()

    @cached_property
    def freezes(self) -> datetime | None:
        """When they are to be."""
        return freeze_date(self.entry.edition)

    @property
    def dispute_days(self) -> int:
        """How long a line can be disputed."""
        points = self.entry.edition.rulebook.points
        return points.dispute_days if points else 0

    @property
    def until(self) -> datetime:
        """Lines posted since then can be disputed."""
        return self.now - timedelta(days=self.dispute_days)
