"""Who is told what about a service record and about points. Call these in the transaction of the deed."""

from core.accounts.models import User
from core.links import link_to
from core.notices.services import Word, notify_all
from registrations.services.dossier import title_of
from registrations.services.work_telling import people_of

from ..models import ServiceRecord


def said_of(record: ServiceRecord) -> dict[str, object]:
    """What every notice says of a record."""
    link = link_to("record", record=record.pk)
    return {"record": str(record), "number": record.number, "entrant": title_of(record.entry), "link": link}


def tell_people(record: ServiceRecord, template: str, occasion: str, **said: object) -> None:
    """All the entry's people learn it."""
    told = said_of(record) | said
    notify_all([Word(user, template, told) for user in people_of(record.entry)], record, occasion)


def first_of(record: ServiceRecord) -> User | None:
    """Somebody to address a previewed notice to."""
    return next(iter(people_of(record.entry)), None)
