"""Prizes, the 成绩单 and certificates on a participant's first page, once they are there; `registrations.progress`."""

from dataclasses import dataclass

from registrations.blocks import Reader
from registrations.progress import Block, Part
from registrations.services.dossier import Dossier

from .models import AwardLine, AwardList, Certificate
from .services.receipts import announced, lines_of


@dataclass(frozen=True)
class AwardBlock:
    """What was announced of the entry."""

    entry: int
    lines: list[AwardLine]
    receipt: bool  # there is a 成绩单 to look at


def part(dossier: Dossier, reader: Reader) -> Part:
    """For the entry's people; before the final nobody is asked."""
    begins = dossier.edition.window("final").opens
    if not reader.belongs or (begins is not None and dossier.now < begins):
        return Part()
    return Part(side=[*_certificates(dossier, reader), *_awards(dossier)])


def _awards(dossier: Dossier) -> list[Block]:
    """Nothing while no list is public."""
    if not AwardList.objects.public().filter(edition=dossier.edition).exists():
        return []
    lines = lines_of(dossier.entry)
    told = bool(lines or announced(dossier.entry))
    return [Block(70, "awards/_block.html", AwardBlock(dossier.entry.pk, lines, told))]


def _certificates(dossier: Dossier, reader: Reader) -> list[Block]:
    """What the reader may download of this year's."""
    held = Certificate.objects.held_by(reader.user).valid().printed().filter(series__edition=dossier.edition)
    found = list(held.order_by("number").distinct())
    return [Block(60, "awards/_certificates.html", found)] if found else []
