"""One entry as its pages draw it, by the rules of `EntryQuerySet`, whose SQL these keep."""

from django.http import Http404

from core.accounts.models import User
from core.prepared import Prepared

from .entry_models import Entry

# Anybody but the organiser: an account of which only the key is known stands for all of them.
_SEEN = Prepared(
    2,
    lambda user, entry: (
        Entry.objects.visible_to(User(pk=user)).select_related("row__recommendation__unit").filter(pk=entry)
    ),
)
_OWN = Prepared(2, lambda user, entry: Entry.objects.of(User(pk=user)).select_related("row").filter(pk=entry))
_ALL_OWN = Prepared(2, lambda user, edition: Entry.objects.of(User(pk=user)).filter(edition=edition))


def seen(user: User, pk: int) -> Entry:
    """One that somebody may see, with its row and unit. Raises Http404."""
    if user.is_superuser or not user.is_active:
        found = Entry.objects.visible_to(user).select_related("row__recommendation__unit").filter(pk=pk).first()
    else:
        found = _SEEN.first(user.pk, pk)
    if found is None:
        raise Http404
    return found


def own(user: User, pk: int) -> Entry:
    """One in which somebody takes part or teaches, with its row. Raises Http404."""
    found = _OWN.first(user.pk, pk)
    if found is None:
        raise Http404
    return found


def all_own(user: User, edition: int) -> list[Entry]:
    """Those of an edition in which somebody takes part or teaches, newest first."""
    return _ALL_OWN(user.pk, edition)
