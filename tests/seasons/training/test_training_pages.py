"""The pages of training: what participants see and do, what contacts do in the admin."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.notices.models import Notice
from core.sheets import write_xlsx
from registrations.entry_models import Entry
from seasons.models import Advance, Attendance, Course, Enrolment, QuizTry, Seen
from seasons.services import attending, courses, training_reminders
from seasons.services.training_facts import trained
from seasons.training_sheets import MEETING
from tests.judging.build import contact, organiser
from tests.registrations.staff import signed_in
from tests.seasons.training import build
from tracks.models import Edition


@pytest.fixture
def course(edition: Edition) -> Course:
    return build.course(edition)


@pytest.fixture
def entry(edition: Edition, course: Course) -> Entry:
    return build.accepted(edition)


@pytest.fixture
def me(entry: Entry) -> Client:
    return signed_in(build.leader(entry).user)


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_visitor_sees_courses_and_that_they_are_free(client: Client, course: Course) -> None:
    assert [word for word in ("培训课程", course.name, "不收费") if word not in page(client, "training")] == []
    assert build.LINK not in page(client, "course", course.pk)


@pytest.mark.parametrize("name", ["training", "course"])
def test_pages_cost_the_same_for_one_course_and_three(edition: Edition, course: Course, me: Client, name: str) -> None:
    args = [course.pk] if name == "course" else []
    counts = []
    for more in (0, 2):
        for number in range(more):
            build.session(course, 5 + number)
            build.course(edition, name=f"另一门 {number}")
        page(me, name, *args)  # the edition is at hand from here on
        with CaptureQueriesContext(connection) as asked:
            page(me, name, *args)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_participant_enrols_and_leaves_again(me: Client, course: Course, entry: Entry) -> None:
    me.post(reverse("course_enrol", args=[course.pk]), {"member": build.leader(entry).pk})
    seat = Enrolment.objects.get()
    me.post(reverse("course_leave", args=[course.pk, seat.pk]))
    seat.refresh_from_db()
    assert seat.left_at is not None


def test_nobody_ticks_a_stranger_in(me: Client, course: Course, edition: Edition) -> None:
    other = build.accepted(edition, 2)
    answer = me.post(reverse("course_enrol", args=[course.pk]), {"member": build.leader(other).pk})
    assert (answer.status_code, Enrolment.objects.count()) == (422, 0)


@pytest.mark.parametrize(("minutes", "shown"), [(-16, False), (-15, True), (89, True), (90, False)])
def test_the_link_stands_there_in_its_window(
    me: Client, course: Course, entry: Entry, minutes: int, shown: bool
) -> None:
    build.seat(course, entry)
    clock.set_now(build.FIRST + timedelta(minutes=minutes, seconds=1))
    assert (build.LINK in page(me, "course", course.pk)) is shown


def test_the_code_is_typed_and_what_is_wrong_is_said_at_it(me: Client, course: Course, entry: Entry) -> None:
    build.seat(course, entry)
    session = build.all_of(course)[0]
    clock.set_now(session.starts_at + timedelta(minutes=5))
    url = reverse("session_attend", args=[session.pk])
    wrong = me.post(url, {"code": "12"})
    right = me.post(url, {"code": attending.code_now(session, clock.now())[0]})
    assert (wrong.status_code, "6 位数字" in wrong.content.decode(), right.status_code) == (422, True, 302)
    assert Attendance.objects.count() == 1


def test_guessing_is_stopped(me: Client, course: Course, entry: Entry) -> None:
    build.seat(course, entry)
    session = build.all_of(course)[0]
    clock.set_now(session.starts_at + timedelta(minutes=5))
    url = reverse("session_attend", args=[session.pk])
    answers = [me.post(url, {"code": "12"}).content.decode() for _ in range(11)]
    assert ["太频繁" in answer for answer in answers] == [False] * 10 + [True]


def test_a_material_is_gone_through_once(me: Client, course: Course, entry: Entry) -> None:
    build.seat(course, entry)
    lesson = courses.save_material(course, {"title": "讲义", "text": "先选题"}, by=organiser())
    for _ in range(2):
        me.post(reverse("lesson", args=[lesson.pk]))
    assert (Seen.objects.count(), "已学 1/1" in page(me, "course", course.pk)) == (1, True)


def test_the_quiz_is_handed_in_whole_until_passed(me: Client, course: Course, entry: Entry) -> None:
    build.seat(course, entry)
    for right in ("*对\n错", "对\n*错"):
        courses.save_question(course, {"text": "题", "options": right, "multiple": False}, by=organiser())
    url = reverse("course_quiz", args=[course.pk])
    answers = [
        me.post(url, given).status_code for given in ({"q1": "0"}, {"q1": "0", "q2": "0"}, {"q1": "0", "q2": "1"})
    ]
    assert (answers, list(QuizTry.objects.values_list("right", "passed"))) == ([422, 302, 302], [(1, False), (2, True)])


def test_reminders_go_out_a_day_and_an_hour_before_once(course: Course, entry: Entry) -> None:
    build.seat(course, entry)
    moments = [build.FIRST - timedelta(hours=hours) for hours in (30, 24, 23, 1)]
    counts = [training_reminders.remind(moment) for moment in moments for _ in range(2)]
    assert counts == [0, 0, 1, 0, 0, 0, 1, 0]
    assert Notice.objects.filter(template="training-near").count() == 2


# --- The admin ----------------------------------------------------------------------------------------------


def test_the_screen_is_for_who_runs_the_course(me: Client, course: Course) -> None:
    session = build.all_of(course)[0]
    clock.set_now(session.starts_at)
    boss = signed_in(organiser())
    code = boss.get(reverse("session_code", args=[session.pk])).json()["code"].replace(" ", "")
    assert (me.get(reverse("session_code", args=[session.pk])).status_code, code) == (
        403,
        attending.code_now(session, clock.now())[0],
    )
    assert code[:3] in page(boss, "session_screen", session.pk)


def test_a_contact_imports_what_the_meeting_tool_tells(course: Course, entry: Entry, edition: Edition) -> None:
    build.seat(course, entry)
    build.end(course)
    boss, session = signed_in(contact(edition)), build.all_of(course)[0]
    rows = [
        {"name": name, "joined": "2025-01-05 19:40", "left": "2025-01-05 21:00", "duration": "80"}
        for name in ("参训甲", "路人")
    ]
    url = reverse("admin:seasons_course_import_page", args=[course.pk, session.pk])
    shown = boss.post(url, {"file": upload(write_xlsx(MEETING, rows))}).content.decode()
    sheet = shown.split('name="sheet" value="')[1].split('"')[0]
    boss.post(url, {"sheet": sheet})
    assert ("没有这个名字" in shown, list(Attendance.objects.values_list("how", "minutes"))) == (True, [("file", 80)])


def test_the_file_of_another_session_is_refused_on_the_page(course: Course, edition: Edition) -> None:
    build.end(course)
    rows = [{"name": "参训甲", "joined": "2025-01-06 19:40", "left": "2025-01-06 21:00", "duration": "80"}]
    url = reverse("admin:seasons_course_import_page", args=[course.pk, build.all_of(course)[0].pk])
    answer = signed_in(organiser()).post(url, {"file": upload(write_xlsx(MEETING, rows))})
    assert (answer.status_code, "第 2 讲" in answer.content.decode()) == (422, True)


def test_a_contact_publishes_what_they_saw(edition: Edition) -> None:
    course = build.course(build.decided(edition))
    entry = build.accepted(course.season.edition)
    seat = build.seat(course, entry)
    for session in build.all_of(course):
        build.attend(session, seat)
    build.end(course)
    boss = signed_in(contact(course.season.edition))
    url = reverse("admin:seasons_season_track", args=[course.season_id, entry.track_id])
    seen = boss.get(url).content.decode().split('name="seen" value="')[1].split('"')[0]
    boss.post(url, {"seen": seen})
    assert [(one.goes, one.state) for one in Advance.objects.all()] == [(True, "published")]
    assert [line.published for line in trained(build.theme(course.season.edition))] == [True]


@pytest.mark.parametrize("page", ["attendance", "export"])
def test_a_contact_sees_the_people_of_their_track_alone(
    edition: Edition, course: Course, entry: Entry, page: str
) -> None:
    build.seat(course, entry)
    url = reverse(f"admin:seasons_course_{page}", args=[course.pk])
    sizes = [len(signed_in(contact(edition, track)).get(url).content) for track in ("worker", "youth")]
    assert sizes[0] > sizes[1]


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("参会.xlsx", content)
