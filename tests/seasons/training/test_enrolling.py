"""Seats in courses: who may have one, how many there are, who is told (G5)."""

import pytest

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from seasons.models import Course, Enrolment
from seasons.services import courses, enrolling
from tests.judging.build import organiser
from tests.seasons.training import build
from tracks.models import Edition


def test_a_seat_is_counted_and_its_holder_told(edition: Edition) -> None:
    course = build.course(edition)
    build.seat(course, build.accepted(edition))
    course.refresh_from_db()
    assert (course.taken, Notice.objects.filter(template="training-enrolled").count()) == (1, 1)


def test_enrolling_again_changes_nothing(edition: Edition) -> None:
    course, entry = build.course(edition), build.accepted(edition)
    build.seat(course, entry)
    member = build.leader(entry)
    assert (enrolling.enrol(course, [member], by=member.user), Enrolment.objects.count()) == ([], 1)


def test_the_last_seat_is_one(edition: Edition) -> None:
    course = build.course(edition, capacity=1)
    build.seat(course, build.accepted(edition, 1))
    with pytest.raises(Refused) as refused:
        build.seat(course, build.accepted(edition, 2))
    assert refused.value.codes == ["course.full"]


def test_a_seat_given_back_is_free_again(edition: Edition) -> None:
    course = build.course(edition, capacity=1)
    seat = build.seat(course, build.accepted(edition, 1))
    enrolling.leave(seat, by=seat.member.user)
    build.seat(course, build.accepted(edition, 2))
    course.refresh_from_db()
    assert course.taken == 1


def test_who_comes_back_keeps_what_they_attended(edition: Edition) -> None:
    course, entry = build.course(edition), build.accepted(edition)
    seat = build.seat(course, entry)
    build.attend(build.all_of(course)[0], seat)
    enrolling.leave(seat, by=seat.member.user)
    again = build.seat(course, entry)
    course.refresh_from_db()
    assert (again, again.attendances.count(), course.taken) == (seat, 1, 1)


def test_the_database_holds_the_capacity_whoever_writes(edition: Edition) -> None:
    course = build.course(edition, capacity=1)
    entries = [build.accepted(edition, number) for number in (1, 2)]
    with pytest.raises(Exception, match="course_within_capacity"):
        Enrolment.objects.bulk_create(
            Enrolment(course=course, member=build.leader(entry), enrolled_at=clock.now()) for entry in entries
        )


def test_the_count_is_written_by_the_database_alone(edition: Edition) -> None:
    course = build.course(edition)
    with pytest.raises(Exception, match="counted by the database"):
        Course.objects.filter(pk=course.pk).update(taken=7)


@pytest.mark.parametrize(
    ("values", "track", "code"),
    [({"categories": ["B"]}, "worker", "enrolment.category"), ({}, "university", "enrolment.track")],
)
def test_a_course_is_for_its_category_and_track(
    edition: Edition, values: dict[str, object], track: str, code: str
) -> None:
    course = build.course(edition, track=edition.tracks.get(code="worker"))
    with pytest.raises(Refused) as refused:
        build.seat(course, build.accepted(edition, track=track, **values))
    assert refused.value.codes == [code]


def test_what_is_over_takes_nobody(edition: Edition) -> None:
    course, entry = build.course(edition), build.accepted(edition)
    build.end(course)
    with pytest.raises(Refused) as refused:
        build.seat(course, entry)
    assert refused.value.codes == ["course.over"]


def test_nobody_enrols_strangers(edition: Edition) -> None:
    course, mine, other = build.course(edition), build.accepted(edition, 1), build.accepted(edition, 2)
    with pytest.raises(Refused) as refused:
        enrolling.enrol(course, [build.leader(other)], by=build.leader(mine).user)
    assert refused.value.codes == ["enrolment.other"]


def test_seats_are_not_cut_below_those_taken(edition: Edition) -> None:
    course = build.course(edition)
    for number in (1, 2):
        build.seat(course, build.accepted(edition, number))
    with pytest.raises(Refused) as refused:
        courses.save_course(course.season, {"capacity": 1}, by=organiser(), course=course)
    assert refused.value.codes == ["course.capacity"]


def test_whoever_has_a_seat_is_told_of_a_change(edition: Edition) -> None:
    course = build.course(edition)
    build.seat(course, build.accepted(edition))
    session = build.all_of(course)[0]
    told = {"starts_at": session.starts_at.replace(hour=20), "ends_at": session.ends_at.replace(hour=22)}
    courses.save_session(course, told, by=organiser(), session=session)
    courses.cancel_session(session, reason="讲师生病", by=organiser())
    courses.cancel_course(course, reason="改为录播", by=organiser())
    texts = Notice.objects.filter(template="training-changed").values_list("text", flat=True)
    assert [word for word in ("改到", "讲师生病", "改为录播") if not any(word in text for text in texts)] == []


def test_a_course_is_published_with_a_session_only(edition: Edition) -> None:
    course = courses.save_course(build.theme(edition), {"name": "空课"}, by=organiser())
    with pytest.raises(Refused) as refused:
        courses.publish_course(course, by=organiser())
    assert refused.value.codes == ["course.empty"]


def test_only_training_themes_have_courses(edition: Edition) -> None:
    monthly = edition.seasons.create(code="feb", name="健康", kind="points")
    with pytest.raises(Refused) as refused:
        courses.save_course(monthly, {"name": "课"}, by=organiser())
    assert refused.value.codes == ["course.theme"]
