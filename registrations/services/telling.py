"""Who looks after a unit, and what they are told about it."""

from core.accounts.models import User
from core.links import link_to
from core.notices.services import notify
from tracks.models import Track

from ..models import UnitQuota
from ..rules.categories import presetting


def tell_places_returned(quota: UnitQuota, count: int, *, giver: User) -> None:
    """The contacts who look after a unit learn that it hands back places; call it in the same transaction."""
    said = {"unit": quota.unit.full_name, "count": count, "left": (quota.limit or 0) - quota.taken, "giver": str(giver)}
    link = link_to("admin:registrations_unitquota_change", quota.pk)
    for track in preset_tracks(quota):
        for contact in track.contacts.select_related("user"):
            notify(contact.user, "places-returned", about=quota, occasion=f"{quota.returned}", link=link, **said)


def preset_tracks(quota: UnitQuota) -> list[Track]:
    """The track whose contacts look after this unit."""
    tracks = quota.edition.tracks.all()
    return [track for track in tracks if quota.category in presetting(track.code, quota.edition.rulebook)]
