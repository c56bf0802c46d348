"""Being there: the code on the screen, the meeting tool's file, a contact's word; bad input by name."""

from datetime import timedelta

import pytest

from core import clock
from core.problems import Refused
from core.sheets import Book, Sheet, Table, find_table
from seasons.models import Attendance, Course, Session
from seasons.services import attendance_files, attending, courses
from seasons.training_sheets import MEETING
from tests.judging.build import contact, organiser
from tests.registrations.entries.build import person
from tests.seasons.training import build
from tracks.models import Edition


@pytest.fixture
def course(edition: Edition) -> Course:
    return build.course(edition)


@pytest.fixture
def session(course: Course) -> Session:
    return build.all_of(course)[0]


# --- The code ---------------------------------------------------------------------------------------------


def test_the_code_on_the_screen_counts_for_the_session(edition: Edition, session: Session) -> None:
    build.attend(session, build.seat(session.course, build.accepted(edition)))
    assert [(a.how, a.minutes) for a in Attendance.objects.all()] == [("code", 90)]


def test_the_same_person_may_send_it_again(edition: Edition, session: Session) -> None:
    seat = build.seat(session.course, build.accepted(edition))
    build.attend(session, seat)
    again = attending.attend(session, "000000", by=seat.member.user)
    assert (again, Attendance.objects.count()) == (False, 1)


def test_a_code_passed_on_later_is_refused(edition: Edition, session: Session) -> None:
    first, second = (build.seat(session.course, build.accepted(edition, n)) for n in (1, 2))
    build.attend(session, first)
    code = attending.code_now(session, clock.now())[0]
    clock.set_now(clock.now() + timedelta(minutes=3))
    with pytest.raises(Refused) as refused:
        attending.attend(session, code, by=second.member.user)
    assert (refused.value.codes, Attendance.objects.count()) == (["code.late"], 1)


def test_the_code_of_another_session_is_refused_by_name(edition: Edition, session: Session) -> None:
    seat = build.seat(session.course, build.accepted(edition))
    beside = build.session(build.course(edition, code="theme_b"), title="小程序入门")
    clock.set_now(session.starts_at + timedelta(minutes=5))
    with pytest.raises(Refused, match="小程序入门") as refused:
        attending.attend(session, attending.code_now(beside, clock.now())[0], by=seat.member.user)
    assert refused.value.codes == ["code.other"]


def test_who_is_not_enrolled_is_told_so(session: Session) -> None:
    clock.set_now(session.starts_at)
    with pytest.raises(Refused) as refused:
        attending.attend(session, attending.code_now(session, clock.now())[0], by=person())
    assert refused.value.codes == ["code.not_enrolled"]


def test_a_cancelled_session_takes_no_code(edition: Edition, session: Session) -> None:
    seat = build.seat(session.course, build.accepted(edition))
    courses.cancel_session(session, reason="停电", by=organiser())
    with pytest.raises(Refused) as refused:
        attending.attend(session, "123456", by=seat.member.user)
    assert refused.value.codes == ["code.cancelled"]


def test_sessions_have_codes_of_their_own(course: Course) -> None:
    one, two = (attending.screen_of(session) for session in build.all_of(course))
    now = clock.now()
    assert one.shows(now) != two.shows(now)


def test_attendance_at_another_course_is_refused_by_the_database(edition: Edition, session: Session) -> None:
    seat = build.seat(build.course(edition, name="另一门"), build.accepted(edition))
    with pytest.raises(Exception, match="another course"):
        Attendance.objects.create(session=session, enrolment=seat, how="code", minutes=1, at=clock.now())


# --- A contact's word ---------------------------------------------------------------------------------------


def test_a_contacts_word_counts_before_the_code(edition: Edition, session: Session) -> None:
    seat = build.seat(session.course, build.accepted(edition))
    build.attend(session, seat)
    made = attending.mark(session, seat, 30, reason="中途离开", by=contact(edition))
    assert (made.how, made.minutes) == ("hand", 30)


def test_a_contact_of_another_track_marks_nobody(edition: Edition, session: Session) -> None:
    seat = build.seat(session.course, build.accepted(edition))
    clock.set_now(session.starts_at)
    with pytest.raises(Refused) as refused:
        attending.mark(session, seat, 30, reason="到了", by=contact(edition, "youth"))
    assert refused.value.codes == ["attendance.track"]


@pytest.mark.parametrize(
    ("minutes", "reason", "codes"),
    [(91, "到了", ["attendance.minutes"]), (-1, "到了", ["attendance.minutes"]), (9, " ", ["reason.missing"])],
)
def test_what_a_contact_says_is_possible_and_has_a_reason(
    edition: Edition, session: Session, minutes: int, reason: str, codes: list[str]
) -> None:
    seat = build.seat(session.course, build.accepted(edition))
    clock.set_now(session.starts_at)
    with pytest.raises(Refused) as refused:
        attending.mark(session, seat, minutes, reason=reason, by=organiser())
    assert refused.value.codes == codes


# --- The file -----------------------------------------------------------------------------------------------

HEADER = ["昵称", "首次入会时间", "最后退会时间", "入会时长"]


def table(*rows: list[str]) -> Table:
    return find_table(Book("参会.xlsx", [Sheet("参会成员", [["会议主题：第 1 讲"], HEADER, *rows])]), MEETING)


def row(name: str, day: str = "2025-01-05", minutes: str = "80分钟") -> list[str]:
    return [name, f"{day} 19:31:00", f"{day} 20:59:00", minutes]


def test_names_are_matched_and_the_others_listed(edition: Edition, session: Session) -> None:
    build.seat(session.course, build.accepted(edition, 1))
    build.end(session.course)
    lines = attendance_files.judge_attendance(session, table(row("参训甲-城南"), row("路人甲")), organiser())
    assert [(line.verdict, line.minutes, [p.code for p in line.problems]) for line in lines] == [
        ("new", 80, []),
        ("wrong", 80, ["attendance.unmatched"]),
    ]


def test_the_same_file_twice_changes_nothing(edition: Edition, session: Session) -> None:
    build.seat(session.course, build.accepted(edition))
    build.end(session.course)
    counts = [attendance_files.import_attendance(session, table(row("参训甲")), by=organiser()) for _ in range(2)]
    assert (counts, Attendance.objects.get().minutes) == ([1, 0], 80)


def test_who_left_and_came_back_is_one(edition: Edition, session: Session) -> None:
    build.seat(session.course, build.accepted(edition))
    build.end(session.course)
    rows = [row("参训甲", minutes="30"), row("参训甲", minutes="70")]
    attendance_files.import_attendance(session, table(*rows), by=organiser())
    assert Attendance.objects.get().minutes == 90


def test_the_file_of_another_session_is_refused_by_name(edition: Edition, session: Session) -> None:
    build.seat(session.course, build.accepted(edition))
    build.end(session.course)
    with pytest.raises(Refused, match="第 2 讲") as refused:
        attendance_files.import_attendance(session, table(row("参训甲", "2025-01-06")), by=organiser())
    assert (refused.value.codes, Attendance.objects.count()) == (["attendance.other_session"], 0)


def test_a_file_before_the_session_is_refused(edition: Edition, session: Session) -> None:
    with pytest.raises(Refused) as refused:
        attendance_files.import_attendance(session, table(row("参训甲")), by=organiser())
    assert refused.value.codes == ["attendance.early"]


def test_namesakes_are_never_guessed(edition: Edition, session: Session) -> None:
    for number in (1, 2):
        entry = build.accepted(edition, number)
        entry.people.update(name="王芳")
        build.seat(session.course, entry)
    build.end(session.course)
    lines = attendance_files.judge_attendance(session, table(row("王芳")), organiser())
    assert [p.code for p in lines[0].problems] == ["attendance.namesakes"]


def test_people_of_another_track_are_not_found_by_its_contact(edition: Edition, session: Session) -> None:
    build.seat(session.course, build.accepted(edition))
    build.end(session.course)
    lines = attendance_files.judge_attendance(session, table(row("参训甲")), contact(edition, "youth"))
    assert [p.code for p in lines[0].problems] == ["attendance.unmatched"]
