"""Who may do what with an object drawn from `visible_to`: predicates of user and object (decision 7)."""

from typing import TYPE_CHECKING

import rules

from .models import RecommendationRow

if TYPE_CHECKING:
    from core.accounts.models import User


@rules.predicate
def answers_for(user: "User", row: RecommendationRow) -> bool:
    """A contact of the row's track, or the organiser: may pass it or return it."""
    return user.is_active and (user.is_superuser or user.track_contacts.filter(track_id=row.track_id).exists())
