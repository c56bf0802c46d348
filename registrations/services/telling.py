"""Who is told what about a unit and its rows. Call these in the transaction of the deed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from core import clock
from core.accounts.models import User
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.services import Word, notify_all
from tracks.models import Track

from .. import states
from ..models import Recommendation, RecommendationRow, UnitQuota
from ..rules.categories import presetting


def tell_contacts(track: Track, template: str, about: Model, occasion: str, /, **said: Any) -> None:
    """One notice to each contact of a track."""
    notify_all((Word(user, template, said) for user in track.contact_users), about, occasion)


def told(rows: Iterable[RecommendationRow]) -> list[dict[str, object]]:
    """Rows as a notice names them; no phone leaves the portal by mail."""
    return [{"position": row.position, "title": row.team_name or row.name, "reply": row.reply} for row in rows]


def tell_arrival(form: Recommendation, rows: Sequence[RecommendationRow]) -> None:
    """The unit gets a receipt, each contact what arrived on their track; one mail a submission."""
    occasion = f"{rows[0].pk}-{occasion_of(rows[0].submitted_at)}"
    said = {
        "unit": form.unit.full_name,
        "rows": told(rows),
        "stamped": form.edition.rulebook.recommendation.stamped_scan_required,
        "link": link_to("recommendation", unit=form.unit_id),
    }
    officers = form.unit.officers.select_related("user")
    notify_all([Word(officer.user, "row-submitted", said) for officer in officers], form, occasion)
    queue = link_to("admin:registrations_recommendationrow_changelist")
    for track in sorted({row.track for row in rows}, key=lambda track: track.position):
        mine = told(row for row in rows if row.track_id == track.pk)
        said = {"unit": form.unit.full_name, "rows": mine, "track": track.name, "link": queue}
        tell_contacts(track, "row-arrived", form, f"{occasion}-{track.code}", **said)


def tell_withdrawn(row: RecommendationRow, before: str, *, giver: User, reason: str) -> None:
    """The contacts of its track learn that a row which waited for them, or had passed, is gone. before: its state."""
    said = {
        "unit": row.recommendation.unit.full_name,
        "rows": told([row]),
        "before": states.ROW.labels[before],
        "giver": str(giver),
        "reason": reason,
        "link": link_to("admin:registrations_recommendationrow_change", row.pk),
    }
    tell_contacts(row.track, "row-withdrawn", row, occasion_of(clock.now()), **said)


def tell_places_returned(quota: UnitQuota, count: int, *, giver: User) -> None:
    """The contacts who look after a unit learn that it hands back places."""
    said = {"unit": quota.unit.full_name, "count": count, "left": (quota.limit or 0) - quota.taken, "giver": str(giver)}
    link = link_to("admin:registrations_unitquota_change", quota.pk)
    for track in preset_tracks(quota):
        tell_contacts(track, "places-returned", quota, f"{quota.returned}", link=link, **said)


def preset_tracks(quota: UnitQuota) -> list[Track]:
    """The track whose contacts look after this unit."""
    tracks = quota.edition.tracks.all()
    return [track for track in tracks if quota.category in presetting(track.code, quota.edition.rulebook)]
