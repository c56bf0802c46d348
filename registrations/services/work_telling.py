"""Who is told what about a work. Call these in the transaction of the deed."""

from core.accounts.models import User
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.services import Word, notify_all

from ..entry_models import Entry
from ..work_models import Work, WorkVersion
from .dossier import title_of


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
    told = said_of(work) | said
    notify_all([Word(user, template, told) for user in people_of(work.entry)], work, occasion)


def tell_submitted(version: WorkVersion) -> None:
    """The people get the receipt; the track's contacts hear of it in the morning (`arrivals`)."""
    told = {"version": version.number, "at": version.submitted_at, "receipt": version.receipt}
    tell_people(version.work, "work-submitted", f"{version.number}", **told)


def tell_withdrawn(work: Work, reason: str) -> None:
    """The contacts learn that a work which was before them is gone; so do its people."""
    occasion = occasion_of(work.submitted_at) if work.submitted_at else "draft"
    said = said_of(work) | {"reason": reason}
    everybody = [*people_of(work.entry), *work.entry.track.contact_users]
    notify_all([Word(user, "work-withdrawn", said) for user in everybody], work, occasion)
