"""What the track's contact decides about service records: pass, return, refuse, look again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import limits_in_words
from core.marks import mark_of, still
from core.notices.occasions import occasion_of
from core.notices.rendering import Letter, render
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move
from registrations.services.deciding import Decision, reasoned
from registrations.states import ENTRY_IN

from ..models import Placement, PointFact, ServiceRecord
from . import posting, prizing
from .record_telling import first_of, said_of, tell_people
from .recording import OVERLAPS, lock

RECORD = "seasons.record"  # whose marks
CHANGED = Problem("record.changed_since", "记录在您打开之后改过，没有办理。请重新看过再审")
CORRECTING = Problem("record.correcting", "补正期还没到，参赛者还可以修改；到期后再决定")
OUT = Problem("record.entry_out", "这份报名已退出比赛或没有通过，记录不能计分")
TEMPLATES = {"pass": "record-passed", "return": "record-returned", "reject": "record-rejected"}


def mark(record: ServiceRecord) -> str:
    """Tells whether anything that a contact judges by has changed since the record was looked at."""
    return mark_of(RECORD, _content(record))


def correction_deadline(record: ServiceRecord) -> datetime:
    """When a record returned now must be back, exclusive."""
    return record.edition.correction_until(clock.now())


def pass_record(record: ServiceRecord, *, seen: str, by: User) -> ServiceRecord:
    """The record holds: its facts are kept, and earn points. seen: its `mark` when it was looked at.

    Here as below: raises StaleState for a record that is not before the contact, Refused when it has changed since.
    """
    with transaction.atomic(), recorded("record.passed", by=by):
        return _decide(record, Decision("pass"), seen, by)


def pass_records(records: Mapping[ServiceRecord, str], *, by: User) -> list[ServiceRecord]:
    """Several at once, all or none; record → its mark. Locked in the order of their entries."""
    with transaction.atomic(), recorded("record.passed", by=by):
        ordered = sorted(records.items(), key=lambda pair: (pair[0].entry_id, pair[0].pk))
        return [_decide(record, Decision("pass"), seen, by) for record, seen in ordered]


def return_record(record: ServiceRecord, *, reason: str, seen: str, by: User) -> ServiceRecord:
    """Send a record back for correction (补正), with its own deadline. Raises Refused without a reason."""
    decision = Decision("return", reasoned(reason), correction_deadline(record))
    with transaction.atomic(), recorded("record.returned", by=by, reason=decision.reason):
        return _decide(record, decision, seen, by)


def reject_record(record: ServiceRecord, *, reason: str, seen: str, by: User) -> ServiceRecord:
    """The record does not count. Raises Refused without a reason, or while a returned one may still be corrected."""
    decision = Decision("reject", reasoned(reason))
    with transaction.atomic(), recorded("record.rejected", by=by, reason=decision.reason):
        return _decide(record, decision, seen, by)


def reconsider(record: ServiceRecord, *, reason: str, by: User) -> ServiceRecord:
    """Take a verdict back: the record waits again, what it earned is reversed, and it leaves its theme's judges.

    Raises Refused without a reason, and for a passed one once the points are frozen.
    """
    why = reasoned(reason)
    with transaction.atomic(), recorded("record.reconsidered", by=by, reason=why):
        record = lock(record)
        for fact in PointFact.objects.filter(record=record, voided_at=None).select_related("entry__edition"):
            posting.void(fact, reason=why, decider=by)
        prizing.take_out(record, reason=why, by=by)
        # Somebody may have served elsewhere at the time, since a refused record frees it.
        with limits_in_words(OVERLAPS):
            move(record, "reconsider", review_note="", decided_at=None, decided_by=None)
    return record


def letter(record: ServiceRecord, verb: str, reason: str = "") -> Letter:
    """The notice as its people will get it, were the record decided now."""
    deadline = correction_deadline(record) if verb == "return" else None
    someone = first_of(record)
    to = {"name": someone.real_name if someone else "（参赛者姓名）"}
    return render(TEMPLATES[verb], to | said_of(record) | {"reason": reason, "deadline": deadline})


def _content(record: ServiceRecord) -> str:
    moments = (record.submitted_at, record.changed_at, record.decided_at)
    stamps = [moment.timestamp() if moment else 0 for moment in moments]  # the same in whatever zone
    if record.placement_id is None:
        return f"{record.pk}:{record.state}:{stamps}"
    visited = Placement.objects.filter(pk=record.placement_id).values_list("visited_at", flat=True).get()
    return f"{record.pk}:{record.state}:{stamps}:{visited.timestamp() if visited else 0}"


def _decide(record: ServiceRecord, decision: Decision, seen: str, by: User) -> ServiceRecord:
    record = lock(record)
    if record.state not in ServiceRecord.STATES[decision.verb].sources:
        raise StaleState(record.get_state_display())
    refuse_if([] if still(RECORD, _content(record), seen) else [CHANGED])
    now = clock.now()
    if record.state == "returned" and record.correct_until and now < record.correct_until:
        raise Refused(CORRECTING)
    refuse_if([OUT] if decision.verb == "pass" and record.entry.state not in ENTRY_IN else [])
    move(
        record, decision.verb,
        review_note=decision.reason, correct_until=decision.deadline, decided_at=now, decided_by=by,
    )  # fmt: skip
    if decision.verb == "pass":
        _keep_fact(record, now, by)
    said = {"reason": decision.reason, "deadline": decision.deadline}
    tell_people(record, TEMPLATES[decision.verb], occasion_of(now), **said)
    return record


def _keep_fact(record: ServiceRecord, now: datetime, by: User) -> None:
    """What the record says, as it was approved; posted once this has committed."""
    if record.ends_at is None:  # cannot be: the database refuses a submitted record without its times
        raise ValueError(f"record {record.pk} has no end")
    fact = PointFact.objects.create(
        entry=record.entry, kind="service", record=record, season=record.season, month=record.month,
        earned_at=record.ends_at, minutes=record.minutes, audience=record.audience or 0, by=by, at=now,
    )  # fmt: skip
    posting.post_later(fact, record.edition)
