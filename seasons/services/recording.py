"""What an entry does with a service record: begin, fill in, add photos, hand in, take back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_text
from core.audit.history import recorded
from core.database import limits_in_words
from core.files.kinds import JPEG, PNG
from core.files.papers import keep_paper, look_into
from core.files.services import MB
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.entry_models import Entry
from registrations.services.entering import lock as lock_entry

from ..models import Placement, Season, ServiceHours, ServicePhoto, ServiceRecord
from ..service_models import OVERLAP
from .record_facts import RecordFacts, season_closed

TYPED = (
    "title", "activity", "starts_at", "ends_at", "place", "audience", "basis", "views", "reposts", "media", "links",
    "hashtags", "feedback", "season",
)  # fmt: skip
TEXTS = ("title", "place", "basis", "feedback")
PHOTOS_MAX = 9
PHOTO_LIMIT = 20 * MB
PHOTO_KINDS = (JPEG, PNG)
TWICE = Problem(
    "record.overlap", "有人在同一时间已有另一条服务记录，一个人不能同时在两处服务。请核对时间和人员", "served"
)
OVERLAPS = {OVERLAP: TWICE}


def begin(entry: Entry, *, by: User, placement: Placement | None = None) -> ServiceRecord:
    """A draft; placement: what it grows from.

    Raises Refused for an entry that is not in the contest, and once the season is over."""
    with transaction.atomic(), recorded("record.begun", by=by):
        entry = lock_entry(entry)
        now = clock.now()
        record = ServiceRecord(entry=entry, edition=entry.edition, placement=placement, created_at=now, changed_at=now)
        refuse_if(season_closed(record, now))
        record.save(force_insert=True)
        people = list(entry.people.participants())
        if len(people) == 1:  # who takes part alone serves alone
            ServiceHours.objects.create(record=record, member=people[0], user_id=people[0].user_id)
    return record


def save(record: ServiceRecord, values: Mapping[str, Any], *, by: User) -> ServiceRecord:
    """Keep what was typed, right or wrong.

    values: any of TYPED, and `served`: member's key → minutes, None for the whole activity. Raises Refused when the
    record has closed, for a text that is too long to keep, a theme that is not running and people of other entries.
    """
    with transaction.atomic(), recorded("record.saved", by=by):
        record = lock(record)
        refuse_if(RecordFacts(record).closed or _unkeepable(values) or _theme(record, values.get("season")))
        for name in TYPED:
            if name in values:
                value = values[name]
                setattr(record, name, normal_text(value) if name in TEXTS and name != "feedback" else value)
        record.changed_at = clock.now()
        record.save()
        if "served" in values:
            _serve(record, values["served"])
    return record


def add_photo(record: ServiceRecord, photo: IO[bytes], *, name: str, by: User) -> ServicePhoto:
    """Keep a photo of the activity. Raises Refused (kind, size, count, closed)."""
    found = look_into(photo, name, limit=PHOTO_LIMIT, kinds=PHOTO_KINDS)  # takes a moment: nothing is locked yet
    with transaction.atomic(), recorded("record.photo_added", by=by):
        record = lock(record)
        facts = RecordFacts(record)
        refuse_if(facts.closed)
        if len(facts.photos) >= PHOTOS_MAX:
            raise Refused(Problem("record.photos_many", f"照片最多 {PHOTOS_MAX} 张，请先移出一张", "photos"))
        stored = keep_paper(photo, name, found, owner=by)
        return ServicePhoto.objects.create(record=record, file=stored, added_at=clock.now(), added_by=by)


def remove_photo(photo: ServicePhoto, *, by: User) -> None:
    """Take a photo out."""
    with transaction.atomic(), recorded("record.photo_removed", by=by):
        refuse_if(RecordFacts(lock(photo.record)).closed)
        ServicePhoto.objects.filter(pk=photo.pk, removed_at=None).update(removed_at=clock.now())


def submit(record: ServiceRecord, *, by: User) -> ServiceRecord:
    """Hand a record in; its people's time is taken from then on.

    Raises Refused with every problem found, at the form's fields; also when somebody served elsewhere at the time.
    """
    with transaction.atomic(), recorded("record.submitted", by=by):
        record = lock(record)
        facts = RecordFacts(record)
        people = sorted(one.user_id for one in facts.hours)
        list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
        refuse_if(facts.closed or facts.problems())
        for one in facts.hours:
            begins = record.starts_at
            ends = begins + timedelta(minutes=one.length) if begins else None
            ServiceHours.objects.filter(pk=one.pk).update(starts_at=begins, ends_at=ends)
        with limits_in_words(OVERLAPS):
            move(record, "submit", submitted_at=facts.now, decided_at=None, decided_by=None, correct_until=None)
    return record


def withdraw(record: ServiceRecord, *, by: User) -> None:
    """Take a record back before it was decided; it can be made a draft again."""
    with transaction.atomic(), recorded("record.withdrawn", by=by):
        move(lock(record), "withdraw", correct_until=None)


def restore(record: ServiceRecord, *, by: User) -> None:
    """Make a draft of it again."""
    with transaction.atomic(), recorded("record.restored", by=by):
        move(lock(record), "restore")


def lock(record: ServiceRecord) -> ServiceRecord:
    """The record as it now stands, after its entry; both locked until the transaction ends."""
    entry = lock_entry(record.entry)
    locked = ServiceRecord.objects.select_for_update(no_key=True).get(pk=record.pk)
    locked.entry, locked.edition = entry, entry.edition
    return locked


def themes_for(record: ServiceRecord) -> list[Season]:
    """The monthly themes that the record may take part in (选择性参加): those announced."""
    return list(Season.objects.filter(edition=record.edition, kind="points").published())


def _serve(record: ServiceRecord, served: Mapping[int, int | None]) -> None:
    people = {member.pk: member for member in record.entry.people.filter(left_at=None)}
    if served.keys() - people.keys():
        raise Refused(Problem("record.stranger", "只能选本报名现在的成员", "served"))
    record.hours.exclude(member__in=served).delete()
    known = {one.member_id: one for one in record.hours.all()}
    for key, minutes in served.items():
        one = known.get(key) or ServiceHours(record=record, member=people[key], user_id=people[key].user_id)
        if one._state.adding or one.minutes != minutes:
            one.minutes = minutes
            one.save()


def _unkeepable(values: Mapping[str, Any]) -> list[Problem]:
    found = []
    for name in TEXTS:
        field = ServiceRecord._meta.get_field(name)
        if len(values.get(name) or "") > (field.max_length or 0):  # type: ignore[union-attr]
            words = f"“{field.verbose_name}”最多 {field.max_length} 个字，请缩短"  # type: ignore[union-attr]
            found.append(Problem("record.too_long", words, name))
    for name, most in (("links", 500), ("hashtags", 60)):
        if any(len(one) > most for one in values.get(name) or ()):
            found.append(Problem("record.too_long", f"其中一项超过 {most} 个字，请缩短", name))
    return found


def _theme(record: ServiceRecord, season: Season | None) -> list[Problem]:
    if season is None or season.pk == record.season_id or season in themes_for(record):
        return []
    return [Problem("record.theme", "这个主题没有公布，请另选或不选", "season")]
