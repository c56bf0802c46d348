"""Who is told what about a work. Call these in the transaction of the deed."""

from core.accounts.models import User
from core.links import link_to
from core.notices.services import notify

from ..entry_models import Entry
from ..work_models import Work, WorkVersion
from .dossier import title_of
from .telling import tell_contacts


def people_of(entry: Entry) -> list[User]:
    """Everybody in the entry, instructors too."""
    return [member.user for member in entry.people.filter(left_at=None).select_related("user")]


def said_of(work: Work) -> dict[str, object]:
    """What every notice says of a work."""
    category = work.edition.rulebook.category(work.category)
    return {
        "work": work.title or "（未填作品名称）",
        "number": work.number,
        "category": f"{category.code} {category.short_name}",
        "entrant": title_of(work.entry),
        "link": link_to("work", work=work.pk),
    }


def tell_people(work: Work, template: str, occasion: str, **said: object) -> None:
    """All its people learn it."""
    for user in people_of(work.entry):
        notify(user, template, about=work, occasion=occasion, **said_of(work), **said)


def tell_submitted(version: WorkVersion) -> None:
    """The people get the receipt; the track's contacts what arrived."""
    work = version.work
    occasion = f"{version.number}"
    said = {"version": version.number, "at": version.submitted_at, "receipt": version.receipt}
    tell_people(work, "work-submitted", occasion, **said)
    queue = link_to("admin:registrations_work_change", work.pk)
    tell_contacts(
        work.entry.track, "work-arrived", work, occasion, **said_of(work) | {"version": version.number, "link": queue}
    )


def tell_withdrawn(work: Work, reason: str) -> None:
    """The contacts learn that a work which was before them is gone; so do its people."""
    occasion = f"{work.submitted_at:%Y%m%d%H%M%S%f}" if work.submitted_at else "draft"
    tell_people(work, "work-withdrawn", occasion, reason=reason)
    tell_contacts(work.entry.track, "work-withdrawn", work, occasion, **said_of(work), reason=reason)
