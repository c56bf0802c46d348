"""Who may do what in training: predicates of user and object drawn from `visible_to` (decision 7)."""

from typing import TYPE_CHECKING

import rules

from registrations.entry_models import Entry

from .models import Course, Season

if TYPE_CHECKING:
    from core.accounts.models import User


@rules.predicate
def runs_course(user: "User", course: Course) -> bool:
    """The organiser, or a contact of its track (of the edition for a course of no track): sessions, codes, lists."""
    return Course.objects.run_by(user).filter(pk=course.pk).exists()


@rules.predicate
def runs_theme(user: "User", theme: Season) -> bool:
    """The organiser, or a contact of its edition: adds courses, decides who goes on from their tracks."""
    staff = user.track_contacts.filter(track__edition=theme.edition_id).exists()
    return user.is_active and (user.is_superuser or staff)


@rules.predicate
def answers_for(user: "User", entry: Entry) -> bool:
    """A contact of the entry's track, or the organiser: marks attendance, decides whether it goes on."""
    return user.is_active and (user.is_superuser or user.track_contacts.filter(track=entry.track_id).exists())
