"""Who may do what with an object drawn from `visible_to`: predicates of user and object (decision 7)."""

from typing import TYPE_CHECKING

import rules

from . import states
from .models import Recommendation, RecommendationRow, Unit

if TYPE_CHECKING:
    from core.accounts.models import User


@rules.predicate
def fills_in(user: "User", thing: Unit | Recommendation | RecommendationRow) -> bool:
    """An officer of the unit."""
    match thing:
        case RecommendationRow():
            unit_id = thing.recommendation.unit_id
        case Recommendation():
            unit_id = thing.unit_id
        case _:
            unit_id = thing.pk
    return user.is_active and user.offices.filter(unit_id=unit_id).exists()


@rules.predicate
def answers_for(user: "User", row: RecommendationRow) -> bool:
    """A contact of the row's track, or the organiser."""
    return user.is_active and (user.is_superuser or user.track_contacts.filter(track_id=row.track_id).exists())


@rules.predicate
def is_editable(user: "User", row: RecommendationRow) -> bool:
    """A draft, or a row returned for correction."""
    return row.state in states.EDITABLE


rules.add_perm("registrations.fill_in", fills_in)
rules.add_perm("registrations.edit_row", fills_in & is_editable)
rules.add_perm("registrations.review_row", answers_for)
