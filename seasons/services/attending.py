"""Being there: the code on the screen, a contact's word where it failed."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if

from ..models import Attendance, Enrolment, Session
from ..rules.training import Screen, check_code, step_of
from ..training_access import answers_for

NOT_ENROLLED = Problem("code.not_enrolled", "您还没有报名这门课，请先在课程页报名，再来签到", "code")


def screen_of(session: Session) -> Screen:
    """A session's codes; the table alone does not yield them, the SECRET_KEY is needed too."""
    secret = salted_hmac("seasons.session", session.nonce, algorithm="sha256").digest()
    return Screen(session.title, secret, session.step, session.starts_at, session.ends_at)


def code_now(session: Session, now: datetime) -> tuple[str, int]:
    """(the code on the screen, seconds until the next)."""
    screen = screen_of(session)
    return screen.shows(now), (step_of(now, session.step) + 1) * session.step - int(now.timestamp())


def attend(session: Session, code: str, *, by: User) -> bool:
    """Note that somebody is there who typed the code on the screen. True when it was new; sent again it is the same.

    Raises Refused for one who is not enrolled, for a late, foreign or wrong code, by name.
    """
    with transaction.atomic(), recorded("attendance.coded", by=by):
        seats = Enrolment.objects.here().filter(course=session.course_id, member__user=by)
        enrolment = seats.select_for_update(no_key=True, of=("self",)).first()
        if enrolment is None:
            raise Refused(NOT_ENROLLED)
        if enrolment.attendances.filter(session=session, how="code").exists():
            return False
        if session.state != "planned":
            raise Refused(Problem("code.cancelled", "这次课已取消，不用签到", "code"))
        now = clock.now()
        others = Session.objects.filter(
            course__season__edition=session.course.season.edition_id, state="planned", starts_at__lte=now
        ).exclude(pk=session.pk)
        near = others.order_by("-starts_at")[:20]
        refuse_if(check_code(code, screen_of(session), [screen_of(other) for other in near], now))
        enrolment.attendances.create(session=session, how="code", minutes=session.minutes, at=now)
    return True


def mark(session: Session, enrolment: Enrolment, minutes: int, *, reason: str, by: User) -> Attendance:
    """A contact says how long somebody was there; this counts before code and file.

    Raises Refused without a reason, beyond the session's length, before it began, for people of another track.
    """
    problems = [] if reason.strip() else [Problem("reason.missing", "请写明理由，会记入办理记录", "reason")]
    if not 0 <= minutes <= session.minutes:
        problems.append(
            Problem("attendance.minutes", f"这次课 {session.minutes} 分钟，请填 0–{session.minutes}", "minutes")
        )
    if session.state != "planned":
        problems.append(Problem("attendance.cancelled", "这次课已取消，不登记出勤"))
    elif clock.now() < session.starts_at:
        problems.append(Problem("attendance.early", "这次课还没有开始，开始后再登记"))
    if not answers_for(by, enrolment.member.entry):
        problems.append(Problem("attendance.track", f"{enrolment.member.name}在另一条赛道，请该赛道联系人登记"))
    refuse_if(problems)
    with transaction.atomic(), recorded("attendance.marked", by=by, reason=reason.strip()):
        told = {"minutes": minutes, "at": clock.now(), "note": reason.strip()[:200]}
        made, _ = Attendance.objects.update_or_create(session=session, enrolment=enrolment, how="hand", defaults=told)
    return made
