"""What seasons say of an entry on its first page, from their rooms; see `registrations.progress`."""

from registrations.blocks import Reader
from registrations.progress import Part
from registrations.services.dossier import Dossier

from . import point_progress


def part(dossier: Dossier, reader: Reader) -> Part:
    """The passbook, in the side column."""
    return Part(side=list(point_progress.blocks(dossier, reader)))
