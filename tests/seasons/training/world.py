"""Training's part of the small contest in `tests/world.py`: a course of the entry's track that is going on."""

from datetime import timedelta

from django.db.models import Model

from core import clock
from registrations.entry_models import Entry
from seasons.models import Course, Enrolment
from seasons.services import courses
from tests.judging.build import organiser
from tests.seasons.training import build
from tracks.models import Edition


def make(edition: Edition, entry: Entry) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages)."""
    boss, theme, now = organiser(), build.theme(edition), clock.now()
    told = {"name": "AI 科普作品创作入门", "track": entry.track, "teacher": "何老师", "summary": "从选题到成片。"}
    course: Course = courses.save_course(theme, told, by=boss)
    session = build.session(course, starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=80))
    lesson = courses.save_material(course, {"title": "讲义", "text": "先选题，再写脚本。", "link": build.LINK}, by=boss)
    asked = {"text": "AI 生成的内容要核对吗？", "options": "*要\n不用", "multiple": False}
    question = courses.save_question(course, asked, by=boss)
    courses.publish_course(course, by=boss)
    seat = Enrolment.objects.create(course=course, member=entry.people.get(), enrolled_at=now)
    arguments: dict[str, str | int] = {
        "season": theme.pk, "course": course.pk, "session": session.pk, "lesson": lesson.pk,
        "question": question.pk, "enrolment": seat.pk, "track": entry.track_id,
    }  # fmt: skip
    return arguments, {"seasons_season": theme, "seasons_course": course}
