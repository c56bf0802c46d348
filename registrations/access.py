"""Who may do what with an object drawn from `visible_to`: predicates of user and object (decision 7)."""

from typing import TYPE_CHECKING

import rules

from .entry_models import Entry
from .models import RecommendationRow, UnitQuota

if TYPE_CHECKING:
    from core.accounts.models import User


@rules.predicate
def answers_for(user: "User", row: RecommendationRow) -> bool:
    """A contact of the row's track, or the organiser: may pass it or return it."""
    return user.is_active and (user.is_superuser or user.track_contacts.filter(track_id=row.track_id).exists())


@rules.predicate
def looks_after(user: "User", quota: UnitQuota) -> bool:
    """The organiser, or a contact of the track that the unit's category presets (G6): may change its places and its
    time, urge it, and take in what it mailed. A contact who merely has some of its rows may not."""
    return UnitQuota.objects.visible_to(user).filter(pk=quota.pk).exists()


@rules.predicate
def acts_for(user: "User", entry: Entry) -> bool:
    """The entry's representative: changes it, invites, enters, withdraws."""
    return user.is_active and entry.people.filter(user=user, left_at=None, role="representative").exists()


@rules.predicate
def reviews(user: "User", entry: Entry) -> bool:
    """A contact of the entry's track, or the organiser: judges its eligibility, opens it after the close."""
    return user.is_active and (user.is_superuser or user.track_contacts.filter(track_id=entry.track_id).exists())
