"""Who may do what with venues, needs, offers and placements drawn from `visible_to` (decision 7)."""

from typing import TYPE_CHECKING

import rules

from registrations.access import acts_for

from .models import Placement, Venue

if TYPE_CHECKING:
    from core.accounts.models import User


@rules.predicate
def posts_for(user: "User", venue: Venue) -> bool:
    """An officer of the venue, or a clerk of the unit that it belongs to: posts needs, answers for it."""
    return Venue.objects.of(user).filter(pk=venue.pk).exists()


@rules.predicate
def organises(user: "User") -> bool:
    """The organiser: puts placements together, takes them back."""
    return user.is_active and user.is_superuser


def sides_of(user: "User", placement: Placement) -> list[str]:
    """For which sides somebody may answer: "venue", "entry", both or none."""
    found = ["venue"] if posts_for(user, placement.need.venue) else []
    return [*found, "entry"] if acts_for(user, placement.entry) else found
