"""Studying by oneself: materials gone through, the quiz, homework."""

from collections.abc import Collection, Mapping

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if

from ..models import Course, Enrolment, Material, QuizTry, Seen
from ..rules import training

NOT_ENROLLED = Problem("course.not_enrolled", "您还没有报名这门课，请先在课程页报名")


def seat_of(course: Course, user: User) -> Enrolment | None:
    """Somebody's seat in a course."""
    return Enrolment.objects.here().filter(course=course, member__user=user).select_related("member__entry").first()


def see(material: Material, *, by: User) -> None:
    """Note that somebody has gone through a material; again changes nothing. Raises Refused for one not enrolled."""
    with transaction.atomic(), recorded("material.seen", by=by):
        enrolment = _seat(material.course, by)
        Seen.objects.get_or_create(material=material, enrolment=enrolment, defaults={"at": clock.now()})


def try_quiz(course: Course, answers: Mapping[int, Collection[int]], *, by: User) -> QuizTry:
    """Hand in the quiz. answers: question's key → numbers of the chosen options.

    Raises Refused for questions left open (field `q<number>`, from 1), when all tries are used, once it was passed.
    """
    with transaction.atomic(), recorded("quiz.tried", by=by):
        enrolment = _seat(course, by, lock=True)
        questions = list(course.questions.all())
        refuse_if([] if questions else [Problem("quiz.none", "这门课没有测验")])
        tries = list(enrolment.tries.all())
        unanswered = [number for number, one in enumerate(questions, 1) if not answers.get(one.pk)]
        passed = any(one.passed for one in tries)
        refuse_if(training.check_try(len(tries), course.tries, unanswered, passed=passed))
        given = {one.pk: sorted(set(answers[one.pk]) & set(range(len(one.options)))) for one in questions}
        right = training.right_answers({one.pk: one.right for one in questions}, given)
        return enrolment.tries.create(
            number=len(tries) + 1,
            answers={str(key): chosen for key, chosen in given.items()},
            right=right,
            total=len(questions),
            passed=training.passes(right, len(questions), course.pass_percent),
            at=clock.now(),
        )


def _seat(course: Course, user: User, *, lock: bool = False) -> Enrolment:
    seats = Enrolment.objects.here().filter(course=course, member__user=user)
    found = (seats.select_for_update(no_key=True, of=("self",)) if lock else seats).first()
    if found is None:
        raise Refused(NOT_ENROLLED)
    return found
