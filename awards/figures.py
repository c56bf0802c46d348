"""What the organiser's cockpit counts in awards: prizes made public and certificates; one statement."""

from dataclasses import dataclass

from core.accounts.models import User
from core.counting import count_of
from tracks.models import Edition

from .models import AwardLine, Certificate


@dataclass(frozen=True)
class Honours:
    """Prizes and certificates of an edition, or of a contact's tracks."""

    prizes: int
    certificates: int
    printed: int


def honours(user: User, edition: Edition) -> Honours:
    """A prize counts once its list is public; a certificate as long as it is valid."""
    lines = AwardLine.objects.shown().filter(version__award_list__edition=edition)
    found = Certificate.objects.valid().filter(series__edition=edition)
    if not user.is_superuser:
        mine = user.track_contacts.values("track")
        lines, found = lines.filter(entry__track__in=mine), found.filter(entry__track__in=mine)
    counts = (count_of(lines), count_of(found), count_of(found.printed()))
    return Honours(*Edition.objects.filter(pk=edition.pk).values_list(*counts).get())
