"""Who is told what about venues and placements. Call these in the transaction of the deed. No phone goes by mail."""

from collections.abc import Iterable

from core.accounts.models import User
from core.clock import BEIJING
from core.links import link_to
from core.notices.services import Word, notify_all
from registrations.services.dossier import title_of
from registrations.services.work_telling import people_of

from ..models import Placement, Venue


def officers_of(venue: Venue) -> list[User]:
    """Who answers for a venue: its own people, and the clerks of the unit that it belongs to; active accounts."""
    found = User.objects.filter(is_active=True)
    mine = found.filter(venues__venue=venue) | found.filter(offices__unit=venue.unit_id or 0)
    return list(mine.distinct().order_by("pk"))


def said_of(placement: Placement) -> dict[str, object]:
    """What every notice says of a placement."""
    need = placement.need
    begins = need.starts_at.astimezone(BEIJING) if need.starts_at else None
    return {
        "venue": need.venue.name,
        "entrant": title_of(placement.entry),
        "number": placement.number,
        "begins": begins,
        "ends": need.ends_at,
        "place": need.place,
        "link": link_to("placement", placement=placement.pk),
    }


def tell(placement: Placement, template: str, occasion: str, sides: Iterable[str], **said: object) -> None:
    """Everybody on these sides ("venue", "entry") learns it."""
    people: dict[int, User] = {}
    for side in sides:
        found = officers_of(placement.need.venue) if side == "venue" else people_of(placement.entry)
        people |= {user.pk: user for user in found}
    told = said_of(placement) | said
    notify_all([Word(user, template, told) for user in people.values()], placement, occasion)
