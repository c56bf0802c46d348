"""What the services of training leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from core import clock
from core.accounts.models import User
from core.sheets import Book, Sheet, find_table
from core.states import move
from registrations.entry_models import Entry, Member
from registrations.services import entering
from seasons.models import Course, Enrolment, Session
from seasons.services import advancing, attendance_files, attending, courses, enrolling, studying
from seasons.services.training_facts import trained
from seasons.training_sheets import MEETING
from tests.seasons.training import build

NAME = "演示者"


def course(stage: Any, *, published: bool = True) -> Course:
    """A course with one session that began ten minutes ago; made without the services: no other verb is told."""
    made = Course.objects.create(season=build.theme(stage.edition), name="入门")
    now = clock.now()
    made.sessions.create(title="第 1 讲", starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=80))
    if published:
        move(made, "publish")
    return made


def session(stage: Any, *, published: bool = True) -> Session:
    return course(stage, published=published).sessions.get()


def mine(stage: Any) -> Member:
    """The reader's own entry, as if it had been accepted."""
    me = User.objects.get(email="organiser@example.test")
    values = {"kind": "individual", "organisation": "某中学", "categories": ["A"]}
    track = stage.edition.tracks.get(code="worker")
    entry = entering.make_entry(stage.edition, values | {"track": track, "name": NAME}, representative=me)
    move(entry, "enter", entered_at=clock.now())
    move(entry, "accept")
    return Member.objects.select_related("entry__track", "user").get(entry=entry)


def seat(stage: Any) -> Enrolment:
    return Enrolment.objects.create(course=course(stage), member=mine(stage), enrolled_at=clock.now())


def quiz(of: Course) -> Course:
    of.questions.create(text="题", options=["对", "错"], right=[0])
    return of


def saved(stage: Any) -> Callable[..., Any]:
    return partial(courses.save_course, build.theme(stage.edition), {"name": "入门"})


def session_saved(stage: Any) -> Callable[..., Any]:
    now = clock.now()
    told = {"title": "第 2 讲", "starts_at": now, "ends_at": now + timedelta(hours=1)}
    return partial(courses.save_session, course(stage), told)


def material_saved(stage: Any) -> Callable[..., Any]:
    return partial(courses.save_material, course(stage), {"title": "讲义", "text": "内容"})


def material_removed(stage: Any) -> Callable[..., Any]:
    return partial(courses.remove_material, course(stage).materials.create(title="讲义", text="内容"))


def question_saved(stage: Any) -> Callable[..., Any]:
    told = {"text": "题", "options": "*对\n错", "multiple": False}
    return partial(courses.save_question, course(stage), told)


def question_removed(stage: Any) -> Callable[..., Any]:
    return partial(courses.remove_question, quiz(course(stage)).questions.get())


def enrolled(stage: Any) -> Callable[..., Any]:
    return partial(enrolling.enrol, course(stage), [mine(stage)])


def coded(stage: Any) -> Callable[..., Any]:
    one = seat(stage).course.sessions.select_related("course__season").get()
    return partial(attending.attend, one, attending.code_now(one, clock.now())[0])


def marked(stage: Any) -> Callable[..., Any]:
    held = seat(stage)
    return partial(attending.mark, held.course.sessions.get(), held, 30, reason="到了")


def imported(stage: Any) -> Callable[..., Any]:
    one = seat(stage).course.sessions.select_related("course__season").get()
    rows = [["昵称", "入会时长"], [NAME, "30"]]
    return partial(attendance_files.import_attendance, one, find_table(Book("参会", [Sheet("1", rows)]), MEETING))


def seen(stage: Any) -> Callable[..., Any]:
    return partial(studying.see, seat(stage).course.materials.create(title="讲义", text="内容"))


def tried(stage: Any) -> Callable[..., Any]:
    of = quiz(seat(stage).course)
    return partial(studying.try_quiz, of, {of.questions.get().pk: [0]})


def adjusted(stage: Any) -> Callable[..., Any]:
    entry: Entry = mine(stage).entry
    return partial(advancing.adjust, build.theme(stage.edition), entry, True, reason="作品突出")


def listed(stage: Any) -> Callable[..., Any]:
    build.decided(stage.edition)
    track, theme = mine(stage).entry.track, build.theme(stage.edition)
    return partial(advancing.publish, theme, track, seen=advancing.seen_mark(trained(theme, [track])))


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    courses.save_course: ("course.saved", saved),
    courses.publish_course: (
        "course.published",
        lambda stage: partial(courses.publish_course, course(stage, published=False)),
    ),
    courses.cancel_course: (
        "course.cancelled",
        lambda stage: partial(courses.cancel_course, course(stage), reason="停"),
    ),
    courses.save_session: ("session.saved", session_saved),
    courses.cancel_session: (
        "session.cancelled",
        lambda stage: partial(courses.cancel_session, session(stage), reason="停"),
    ),
    courses.save_material: ("material.saved", material_saved),
    courses.remove_material: ("material.removed", material_removed),
    courses.save_question: ("question.saved", question_saved),
    courses.remove_question: ("question.removed", question_removed),
    enrolling.enrol: ("enrolment.made", enrolled),
    enrolling.leave: ("enrolment.left", lambda stage: partial(enrolling.leave, seat(stage))),
    attending.attend: ("attendance.coded", coded),
    attending.mark: ("attendance.marked", marked),
    attendance_files.import_attendance: ("attendance.imported", imported),
    studying.see: ("material.seen", seen),
    studying.try_quiz: ("quiz.tried", tried),
    advancing.adjust: ("advance.adjusted", adjusted),
    advancing.publish: ("advance.published", listed),
}
