"""What seasons keep of a person, from their rooms."""

from collections import Counter

from core.accounts.models import User
from core.personal import Person, Section

from . import force_personal, placing_personal, service_personal


def gather(user: User) -> list[Section]:
    """Everything about a person here."""
    return service_personal.gather(user) + force_personal.gather(user) + placing_personal.gather(user)


def purge(person: Person) -> Counter[str]:
    """Delete or blank it, in the caller's transaction."""
    return service_personal.purge(person) + force_personal.purge(person) + placing_personal.purge(person)


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes."""
    return service_personal.statistics() + force_personal.statistics() + placing_personal.statistics()
