"""The points season on a participant's first page."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from registrations.blocks import Reader
from registrations.progress import Block
from registrations.services.dossier import Dossier
from registrations.states import ENTRY_IN
from tracks.rulebook.awards import Award

from .models import Standing


@dataclass(frozen=True)
class PointsBlock:
    """Points so far, and the ways to the passbook and the records."""

    entry: int
    points: Decimal
    published: bool
    award: Award | None  # of the best


def blocks(dossier: Dossier, reader: Reader) -> Iterator[Block]:
    """For the entry's people, once it was handed in, where the edition has a points season."""
    if not reader.belongs or dossier.rulebook.points is None or dossier.entry.state not in ENTRY_IN:
        return
    data = PointsBlock(
        dossier.entry.pk, _points(dossier), bool(dossier.rulebook.point_rules), dossier.rulebook.points_award
    )
    yield Block(80, "seasons/points/_block.html", data)


def _points(dossier: Dossier) -> Decimal:
    """The sum; nobody has any before the season begins, so nobody is asked."""
    season = dossier.rulebook.points and dossier.rulebook.points.milestone
    begins = next((one.starts_at for one in dossier.edition.calendar if one.code == season), None)
    if begins is not None and dossier.now < begins:
        return Decimal(0)
    found = Standing.objects.filter(entry=dossier.entry, period="").values_list("points", flat=True).first()
    return found or Decimal(0)
