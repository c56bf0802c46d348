"""What contacts and the organiser set up: courses, sessions, materials, quiz questions; whoever is enrolled is told."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import limits_in_words
from core.links import link_to
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused, refuse_if
from core.states import move

from ..models import Course, Material, Question, Season, Session
from ..rules import training
from ..training_models import CAPACITY_CHECK

COURSE = ("name", "teacher", "summary", "capacity", "homework", "pass_percent", "tries", "track")
SESSION = ("title", "starts_at", "ends_at", "link", "step")
MATERIAL = ("title", "kind", "session", "link", "text")
NO_REASON = Problem("reason.missing", "请写明理由，会告诉已报名的人", "reason")
SEATS = Problem("course.capacity", "名额不能少于已经报名的人数", "capacity")


def lock(course: Course) -> Course:
    """The course as it now stands, locked until the transaction ends; always the first lock taken."""
    rows = Course.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("season__edition", "season__category", "track").get(pk=course.pk)


# --- Courses ----------------------------------------------------------------------------------------------


def save_course(season: Season, values: Mapping[str, Any], *, by: User, course: Course | None = None) -> Course:
    """Add a course to a training theme, or change one. values: of COURSE. Raises Refused for another kind of theme,
    for too few seats, and for a track that people of others are enrolled from."""
    refuse_if([] if season.kind == "training" else [Problem("course.theme", "只有培训主题可以开课", "season")])
    with transaction.atomic(), recorded("course.saved", by=by):
        if course:
            course = lock(course)
        else:
            last = season.courses.aggregate(last=Max("position"))["last"]
            course = Course(season=season, position=0 if last is None else last + 1)
        for name in COURSE:
            if name in values:
                setattr(course, name, values[name])
        refuse_if(_check_track(course))
        with limits_in_words({CAPACITY_CHECK: SEATS}):
            course.save()
    return course


def publish_course(course: Course, *, by: User) -> None:
    """Open it for enrolment. Raises Refused while it has no session."""
    if not course.sessions.filter(state="planned").exists():
        raise Refused(Problem("course.empty", "还没有课次，请先排一次课再发布"))
    with transaction.atomic(), recorded("course.published", by=by):
        move(lock(course), "publish")
    course.state = "published"


def cancel_course(course: Course, *, reason: str, by: User) -> None:
    """Take it back, with a reason; who was enrolled is told, what was recorded stays."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("course.cancelled", by=by, reason=reason.strip()):
        move(lock(course), "cancel")
        _tell(course, f"课程取消：{reason.strip()}", f"cancelled-{clock.now():%Y%m%d%H%M%S}")
    course.state = "cancelled"


def _check_track(course: Course) -> list[Problem]:
    if course.pk is None or course.track is None:
        return []
    others = course.enrolments.here().exclude(member__entry__track=course.track).count()
    words = f"已有 {others} 位其他赛道的人报名，不能改为只限{course.track.name}"
    return [Problem("course.track", words, "track")] if others else []


# --- Sessions ---------------------------------------------------------------------------------------------


def save_session(course: Course, values: Mapping[str, Any], *, by: User, session: Session | None = None) -> Session:
    """Add a session, or change one; a change of time is told to all who are enrolled.

    values: of SESSION. Raises Refused for reversed dates, and for moving one at which people were recorded.
    """
    with transaction.atomic(), recorded("session.saved", by=by):
        course = lock(course)
        session = session or Session(course=course)
        before = (session.starts_at, session.ends_at)
        for name in SESSION:
            if name in values:
                setattr(session, name, values[name])
        refuse_if(training.check_times(session.starts_at, session.ends_at))
        moved = session.pk is not None and before != (session.starts_at, session.ends_at)
        if moved and session.attendances.exists():
            words = "已有人签到或登记出勤，时间不能再改。要另上一次，请新排一次课"
            raise Refused(Problem("session.attended", words, "starts_at"))
        session.save()
        if moved and course.state == "published":
            when = session.starts_at.astimezone(clock.BEIJING)
            words = f"“{session.title}”改到 {when.month} 月 {when.day} 日 {when:%H:%M} 上课"
            _tell(course, words, f"moved-{session.pk}-{when:%Y%m%d%H%M}")
    return session


def cancel_session(session: Session, *, reason: str, by: User) -> None:
    """It does not take place and no longer counts; whoever is enrolled is told. Raises Refused without a reason."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("session.cancelled", by=by, reason=reason.strip()):
        course = lock(session.course)
        move(session, "cancel")
        if course.state == "published":
            _tell(course, f"“{session.title}”不上了：{reason.strip()}", f"dropped-{session.pk}")


def _tell(course: Course, words: str, occasion: str) -> None:
    """One notice to everybody who has a seat."""
    said = {"course": course.name, "words": words, "link": link_to("course", course=course.pk)}
    seats = course.enrolments.here().select_related("member__user")
    notify_all([Word(seat.member.user, "training-changed", said) for seat in seats], course, occasion)


# --- Materials and questions ------------------------------------------------------------------------------


def save_material(course: Course, values: Mapping[str, Any], *, by: User, material: Material | None = None) -> Material:
    """Add something to study, or change it. values: of MATERIAL. Raises Refused when it holds nothing."""
    with transaction.atomic(), recorded("material.saved", by=by):
        material = material or Material(course=lock(course), position=course.materials.count())
        for name in MATERIAL:
            if name in values:
                setattr(material, name, values[name])
        if not (material.link or material.text.strip()):
            raise Refused(Problem("material.empty", "网址和内容至少填一项", "link"))
        material.save()
    return material


def remove_material(material: Material, *, by: User) -> None:
    """Take it away, and what was noted of who has seen it."""
    with transaction.atomic(), recorded("material.removed", by=by):
        material.delete()


def save_question(course: Course, values: Mapping[str, Any], *, by: User, question: Question | None = None) -> Question:
    """Add a question, or change it. values: text, multiple, options (those with a leading * are right).

    Raises Refused for what is wrong with it, and once somebody has done the quiz: then all had the same.
    """
    lines = [line.strip() for line in values["options"].splitlines() if line.strip()]
    right = [number for number, line in enumerate(lines) if line.startswith(("*", "\uff0a"))]
    options = [line.lstrip("*\uff0a ").strip()[:200] for line in lines]
    refuse_if(training.check_question(values["text"], options, right, multiple=values["multiple"]))
    with transaction.atomic(), recorded("question.saved", by=by):
        course = lock(course)
        refuse_if(_done(course))
        question = question or Question(course=course, position=course.questions.count())
        question.text, question.multiple = values["text"].strip(), values["multiple"]
        question.options, question.right = options, right
        question.save()
    return question


def remove_question(question: Question, *, by: User) -> None:
    """Take it away. Raises Refused once somebody has done the quiz."""
    with transaction.atomic(), recorded("question.removed", by=by):
        refuse_if(_done(lock(question.course)))
        question.delete()


def _done(course: Course) -> list[Problem]:
    if course.enrolments.filter(tries__isnull=False).exists():
        return [Problem("question.done", "已经有人做过测验，题目不能再改")]
    return []
