"""Many want the last seats at once: never more than there are; without the database's guard there would be."""

from functools import partial

import pytest
from django.db import IntegrityError

from core import clock
from core.database import violated
from seasons.models import Course, Enrolment
from seasons.services import enrolling
from seasons.training_models import CAPACITY_CHECK
from tests.contest import load_guangdong
from tests.registrations.owner import as_owner
from tests.registrations.racing import race, told
from tests.seasons.training import build

pytestmark = pytest.mark.django_db(transaction=True)
RACERS, SEATS = 8, 3


@pytest.fixture
def course() -> Course:
    return build.course(load_guangdong(), capacity=SEATS)


def test_no_seat_is_given_twice(course: Course) -> None:
    members = [build.leader(build.accepted(course.season.edition, n)) for n in range(1, RACERS + 1)]
    outcomes = told(race(*(partial(enrolling.enrol, course, [member], by=member.user) for member in members)))
    course.refresh_from_db()
    assert (outcomes, course.taken) == ({"course.full": RACERS - SEATS, "ok": SEATS}, SEATS)


def test_past_the_service_the_database_holds_them(course: Course) -> None:
    """The twin: the same writes without lock and rule; with the CHECK gone too, everybody gets in."""
    members = [build.leader(build.accepted(course.season.edition, n)) for n in range(1, RACERS + 1)]
    now = clock.now()
    writes = [partial(Enrolment.objects.create, course=course, member=member, enrolled_at=now) for member in members]
    refused = [outcome for outcome in race(*writes) if isinstance(outcome, IntegrityError)]
    assert (len(refused), {violated(error) for error in refused}) == (RACERS - SEATS, {CAPACITY_CHECK})
    as_owner(f"ALTER TABLE seasons_course DROP CONSTRAINT {CAPACITY_CHECK}")
    Enrolment.objects.all().delete()
    assert [outcome for outcome in race(*writes) if isinstance(outcome, Exception)] == []
