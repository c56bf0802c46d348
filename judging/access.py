"""Who may do what with an object drawn from `visible_to`: predicates of user and object (decision 7)."""

from typing import TYPE_CHECKING

import rules

from .models import Candidate, Round

if TYPE_CHECKING:
    from core.accounts.models import User
    from tracks.models import Edition


@rules.predicate
def runs(user: "User", round_: Round) -> bool:
    """The organiser, unless they judge in it: opens, distributes, locks, publishes, sees scores."""
    return user.is_active and user.is_superuser and Round.objects.visible_to(user).filter(pk=round_.pk).exists()


@rules.predicate
def still_judges(user: "User", edition: "Edition") -> bool:
    """Whoever judges in a round of the edition that is not published must not read colleagues' scores (R12)."""
    return user.judgeships.filter(round__edition=edition).exclude(round__state="published").exists()


@rules.predicate
def fills(user: "User", round_: Round) -> bool:
    """The organiser, or a contact of the edition: puts works of their tracks into the pool."""
    return Round.objects.visible_to(user).filter(pk=round_.pk).exists()


@rules.predicate
def answers_for(user: "User", candidate: Candidate) -> bool:
    """The organiser, or the contact of the entry's track: declares a judge's conflict, withdraws the work."""
    return Candidate.objects.visible_to(user).filter(pk=candidate.pk).exists()


@rules.predicate
def reads_ranking(user: "User", round_: Round) -> bool:
    """Everybody once it is published, the organiser before."""
    return round_.state == "published" or (user.is_authenticated and runs(user, round_))
