"""What the organiser's cockpit counts in awards: prizes made public and certificates; two statements."""

from dataclasses import dataclass

from django.db.models import Count, Q

from core.accounts.models import User
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
    counts = found.aggregate(all=Count("pk"), printed=Count("pk", Q(file__isnull=False)))
    return Honours(lines.count(), counts["all"], counts["printed"])
