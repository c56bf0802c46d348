"""What the track's contact decides about a work: pass, return for correction, refuse; open it again, ask for a copy."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.marks import mark_of, still
from core.notices.occasions import occasion_of
from core.notices.rendering import Letter, render
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move

from ..rules.places import check_extension
from ..work_models import Work
from .deciding import Decision, reasoned
from .work_dossier import WorkDossier
from .work_telling import people_of, said_of, tell_people
from .works import lock

WORK = "registrations.work"  # whose marks
CHANGED = Problem("work.changed_since", "作品在您打开之后又提交了新的版本，没有办理。请看过新的版本再审")
CORRECTING = Problem("work.correcting", "补正期还没到，参赛者还可以修改；到期后再决定")
TEMPLATES = {"pass": "work-passed", "return": "work-returned", "reject": "work-rejected"}


def mark(work: Work) -> str:
    """Tells whether another version has come in, or somebody else has decided, since the work was looked at."""
    return mark_of(WORK, _content(work))


def correction_deadline(work: Work, now: datetime | None = None) -> datetime:
    """When a work returned now must be back, exclusive."""
    return work.edition.correction_until(now or clock.now())


def pass_work(work: Work, *, seen: str, by: User) -> Work:
    """The work may go on to judging. seen: its `mark` when it was looked at.

    Here as below: raises StaleState for a work that is not before the contact, Refused when another version has
    come in. Its people are told.
    """
    with transaction.atomic(), recorded("work.passed", by=by):
        return _decide(work, Decision("pass"), seen)


def pass_works(works: Mapping[Work, str], *, by: User) -> list[Work]:
    """Several at once, all or none; work → its mark. Locked in the order of their entries."""
    with transaction.atomic(), recorded("work.passed", by=by):
        ordered = sorted(works.items(), key=lambda pair: (pair[0].entry_id, pair[0].pk))
        return [_decide(work, Decision("pass"), seen) for work, seen in ordered]


def return_work(work: Work, *, reason: str, seen: str, by: User) -> Work:
    """Send a work back for correction (补正); it may change until its own deadline. Raises Refused without a reason."""
    decision = Decision("return", reasoned(reason), correction_deadline(work))
    with transaction.atomic(), recorded("work.returned", by=by, reason=decision.reason):
        return _decide(work, decision, seen)


def reject_work(work: Work, *, reason: str, seen: str, by: User) -> Work:
    """The work does not take part. Raises Refused without a reason, or while a returned one may still be corrected."""
    decision = Decision("reject", reasoned(reason))
    with transaction.atomic(), recorded("work.rejected", by=by, reason=decision.reason):
        return _decide(work, decision, seen)


def reconsider_work(work: Work, *, reason: str, by: User) -> None:
    """Take a verdict back: the work waits for the contact again. Raises Refused without a reason."""
    with transaction.atomic(), recorded("work.reconsidered", by=by, reason=reasoned(reason)):
        move(lock(work), "reconsider", review_note="", decided_at=None)


def unlock_work(work: Work, until: datetime, *, by: User, reason: str) -> None:
    """Give a work more time for changes; its people are told.

    Raises Refused without a reason or a later moment, and for a work that was refused or taken back.
    """
    if not reason.strip():
        raise Refused(Problem("reason.missing", "请写明理由，会记入办理记录", "reason"))
    refuse_if(check_extension(WorkDossier(work).season, until, clock.now()))
    with transaction.atomic(), recorded("work.unlocked", by=by, reason=reason.strip()):
        work = lock(work)
        if work.state in ("rejected", "withdrawn"):
            raise StaleState(work.get_state_display())
        work.unlocked_until, work.unlocked_at = until, clock.now()
        work.save(update_fields=["unlocked_until", "unlocked_at"])
        tell_people(work, "work-unlocked", occasion_of(clock.now()), until=until, reason=reason)


def ask_anonymous(work: Work, until: datetime, *, note: str, by: User) -> None:
    """Ask for a copy without names for blind judging, saying where they stand. Raises Refused without a note."""
    if not note.strip():
        raise Refused(Problem("reason.missing", "请写明哪里出现了姓名、学校或单位", "reason"))
    if until <= clock.now():
        raise Refused(Problem("unlock.past", "这个时间已经过去，请选以后的时间", "until"))
    with transaction.atomic(), recorded("work.anonymous_asked", by=by, reason=note.strip()):
        work = lock(work)
        if work.current is None:
            raise StaleState(work.get_state_display())
        now = clock.now()
        work.anonymous_asked_at, work.anonymous_until, work.anonymous_given_at = now, until, None
        work.anonymous_note = note.strip()
        work.save(update_fields=["anonymous_asked_at", "anonymous_until", "anonymous_given_at", "anonymous_note"])
        tell_people(work, "work-anonymous", occasion_of(now), until=until, reason=note.strip())


def letter(work: Work, verb: str, reason: str = "") -> Letter:
    """The notice as its people will get it, were the work decided now."""
    deadline = correction_deadline(work) if verb == "return" else None
    people = people_of(work.entry)
    to = {"name": people[0].real_name if people else "（参赛者姓名）"}
    return render(TEMPLATES[verb], to | said_of(work) | {"reason": reason, "deadline": deadline})


def _content(work: Work) -> str:
    current = work.current
    return f"{work.pk}:{work.state}:{current.receipt if current else ''}:{work.decided_at}"


def _decide(work: Work, decision: Decision, seen: str) -> Work:
    work = lock(work)
    if work.state not in Work.STATES[decision.verb].sources:
        raise StaleState(work.get_state_display())
    refuse_if([] if still(WORK, _content(work), seen) else [CHANGED])
    now = clock.now()
    if work.state == "returned" and work.correct_until and now < work.correct_until:
        raise Refused(CORRECTING)
    move(
        work,
        decision.verb,
        review_note=decision.reason,
        correct_until=decision.deadline,
        decided_at=now,
        reply="" if decision.verb == "return" else work.reply,
    )
    said = said_of(work) | {"reason": decision.reason, "deadline": decision.deadline}
    words = [Word(user, TEMPLATES[decision.verb], said) for user in people_of(work.entry)]
    notify_all(words, work, occasion_of(now))
    return work
