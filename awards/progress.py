"""Prizes and the 成绩单 on a participant's first page, once they are announced; see `registrations.progress`."""

from dataclasses import dataclass

from registrations.blocks import Reader
from registrations.progress import Block, Part
from registrations.services.dossier import Dossier

from .models import AwardLine, AwardList
from .services.receipts import lines_of


@dataclass(frozen=True)
class AwardBlock:
    """What was announced of the entry."""

    entry: int
    lines: list[AwardLine]


def part(dossier: Dossier, reader: Reader) -> Part:
    """For the entry's people; nothing while no list is public, and before the final nobody is asked."""
    begins = dossier.edition.window("final").opens
    if not reader.belongs or (begins is not None and dossier.now < begins):
        return Part()
    if not AwardList.objects.public().filter(edition=dossier.edition).exists():
        return Part()
    block = AwardBlock(dossier.entry.pk, lines_of(dossier.entry))
    return Part(side=[Block(70, "awards/_block.html", block)])
