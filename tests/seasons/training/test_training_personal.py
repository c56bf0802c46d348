"""What training keeps of a person: handed to them, deleted at their request (PIPL)."""

from core import clock
from core.audit.history import recorded
from core.personal import Person
from registrations.personal import names_of
from seasons import training_personal
from seasons.models import Attendance, QuizTry, Seen
from seasons.services import attending, courses, studying
from tests.judging.build import organiser
from tests.seasons.training import build
from tracks.models import Edition


def trainee(edition: Edition) -> Person:
    """Somebody who has left a trace of every kind."""
    course = build.course(edition)
    seat = build.seat(course, build.accepted(edition))
    user, session = seat.member.user, build.all_of(course)[0]
    build.attend(session, seat)
    attending.mark(session, seat, 60, reason=f"{user.real_name}中途离开", by=organiser())
    studying.see(courses.save_material(course, {"title": "讲义", "text": "内容"}, by=organiser()), by=user)
    asked = {"text": "题", "options": "*对\n错", "multiple": False}
    question = courses.save_question(course, asked, by=organiser())
    studying.try_quiz(course, {question.pk: [0]}, by=user)
    return Person(user, names_of(user), "", str(user.email))


def test_everything_is_handed_over(edition: Edition) -> None:
    counted = {section.title: len(section.rows) for section in training_personal.gather(trainee(edition).user)}
    assert counted == {"我的培训报名": 1, "我的出勤": 2, "我学完的材料": 1, "我的测验": 1, "培训后的推选": 0}


def test_a_deletion_leaves_minutes_and_no_words(edition: Edition) -> None:
    person = trainee(edition)
    before = training_personal.statistics()
    with recorded("personal.purged", by=organiser()):
        training_personal.purge(person)
    left = [*Attendance.objects.values_list("note", flat=True), *QuizTry.objects.values_list("answers", flat=True)]
    assert (training_personal.statistics() == before, Seen.objects.count()) == (True, 0)
    assert not any(person.is_named_in(word) for word in left)
    assert not any(person.is_named_in(event.note) for event in Attendance.pgh_event_model.objects.all())


def test_what_was_learnt_goes_when_its_term_is_up_and_is_counted_once(edition: Edition) -> None:
    trainee(edition)
    before = training_personal.statistics()
    with recorded("personal.expired", by=None):
        first, again = (training_personal.expire(edition, clock.now()) for _ in range(2))
    assert (first, again) == (3, 0)
    assert (training_personal.statistics() == before, Seen.objects.count()) == (True, 0)
