"""The service record grows from the placement: begun with what is known already."""

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import refuse_if
from registrations.services.entering import lock as lock_entry

from ..models import Placement, ServiceRecord
from ..rules.placements import check_recordable
from . import recording

CENTRES = ("party_centre", "practice_centre", "practice_institute", "practice_station")


def begin_from(placement: Placement, *, by: User) -> ServiceRecord:
    """The draft with date, hours, place, type and audience filled in; the one there is, where it was begun already.

    Raises Refused before the visit is over, for what was not settled by both, and once the season is closed.
    """
    with transaction.atomic(), recorded("record.begun", by=by):
        entry = lock_entry(placement.entry)
        if found := ServiceRecord.objects.filter(placement=placement, entry=entry).first():
            return found
        placement = Placement.objects.select_related("need__venue__region__parent", "need__edition").get(
            pk=placement.pk
        )
        need = placement.need
        now = clock.now()
        refuse_if(check_recordable(placement.state, need.ends_at or now, now))
        record = recording.begin(entry, placement=placement, by=by)
        where = f"{need.venue.where} {need.venue.name} {need.place}".strip()
        heads = need.heads if placement.heads is None else placement.heads
        values = {
            "title": f"{need.venue.name}{need.topic}科普服务"[:100],
            "activity": need.activity or _usual(need.venue.kind, record),
            "starts_at": need.starts_at, "ends_at": need.ends_at, "place": where[:120], "audience": heads,
            "basis": "场所确认的到场人数" if placement.heads is not None else "",
        }  # fmt: skip
        return recording.save(record, values, by=by)


def _usual(kind: str, record: ServiceRecord) -> str:
    """What a service at such a venue usually counts as, where the edition has that type."""
    known = {one.code for one in record.edition.rulebook.activity_types}
    return "two_centres" if kind in CENTRES and "two_centres" in known else ""
