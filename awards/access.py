"""Who may do what with an object drawn from `visible_to`: predicates of user and object (decision 7)."""

from typing import TYPE_CHECKING

import rules

from .models import AwardList, Objection

if TYPE_CHECKING:
    from core.accounts.models import User


@rules.predicate
def decides(user: "User", found: AwardList) -> bool:
    """The organiser: drafts, decides, announces. Who judges in an unpublished round is refused by the services."""
    return user.is_active and user.is_superuser


@rules.predicate
def follows(user: "User", objection: Objection) -> bool:
    """Whoever filed it, and the organiser."""
    return Objection.objects.visible_to(user).filter(pk=objection.pk).exists()
