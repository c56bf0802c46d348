"""The desk: invitations and what waits are named; several roles switch in the head of every page."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse

from aisc_portal.roles import forget, roles_of
from core import clock
from core.accounts.models import User
from core.tokens import token_of
from registrations.models import Officer
from registrations.services import reviewing, teams, works
from registrations.services.units import invite_officer, join
from seasons import training_desk
from seasons.services import courses, enrolling, studying
from tests.registrations import build
from tests.registrations.entries.build import REGISTERING, draft, person
from tests.registrations.staff import contact, organiser, signed_in
from tests.seasons.training import build as training

pytestmark = pytest.mark.django_db


def test_a_clerk_is_told_what_came_back(edition):
    desk, me = build.desk(edition), contact(edition, "worker")
    reviewing.return_row(desk.submitted(1)[0], reason="校名不全", by=me)
    join(invite_officer(desk.unit, by=None, email=me.email), by=me)
    page = signed_in(me).get(reverse("desk")).content.decode()
    assert ("退回 1 行" in page, "赛道联系人" in page, "站内消息" in page) == (True, True, True)


def test_roles_switch_in_the_head_of_pages(edition, django_assert_num_queries):
    """Within half a minute, or after a visit to the desk; and they go as they came."""
    desk, me = build.desk(edition), organiser()
    client, home, own = signed_in(me), reverse("schedule"), reverse("recommendation", args=[desk.unit.pk])
    assert "切换身份" not in client.get(home).content.decode()
    join(invite_officer(desk.unit, by=None, email=me.email), by=me)
    client.get(reverse("desk"))
    page = client.get(home).content.decode()
    assert ("切换身份" in page, page.count(f'href="{own}"')) == (True, 1)
    request = RequestFactory().get(own)
    request.user = me
    forget(me)
    with django_assert_num_queries(1):
        assert all([role["current"] for role in roles_of(request)] == [True, False] for _ in range(2))
    Officer.objects.all().delete()
    forget(me)
    assert "切换身份" not in client.get(home).content.decode()


def test_every_role_has_its_name(edition):
    entry = training.accepted(edition)
    request = RequestFactory().get("/")
    request.user = training.leader(entry).user
    assert [(role["label"], role["url"]) for role in roles_of(request)] == [
        (str(entry), reverse("entry", args=[entry.pk]))
    ]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(days=-1), None),
        (timedelta(minutes=5), "正在上课，去签到"),
        (timedelta(hours=3), "材料还有 1 份没学；测验没有做；作业没有写（8 月 30 日（周六）24:00 截止）；下一次课"),
        (timedelta(days=3), "材料还有 1 份没学；测验没有做；作业没有写"),
    ],
    ids=["before", "going on", "between", "over"],
)
def test_a_participant_is_told_of_courses(edition, after, words):
    _course, seat = studied(edition)
    clock.set_now(training.FIRST + after)
    found = training_desk.waiting_of(seat.member.user, edition, clock.now())
    assert [one.words[: len(words or "")] for one in found] == ([words] if words else [])


def test_what_is_done_is_not_told_again(edition):
    course, seat = studied(edition)
    clock.set_now(training.FIRST + timedelta(days=3))
    by = seat.member.user
    studying.see(course.materials.get(), by=by)
    right = {course.questions.get().pk: [0]}
    studying.try_quiz(course, right, by=by)
    works.begin_work(seat.member.entry, "A", by=by)
    assert training_desk.waiting_of(by, edition, clock.now()) == []


def test_an_instructor_is_told_of_the_pupils(edition):
    _course, seat = studied(edition)
    entry, teacher = seat.member.entry, User.objects.create_user("何老师", email="he@example.test")
    clock.set_now(REGISTERING)
    invitation = teams.invite(entry, "instructor", by=seat.member.user, email=teacher.email, name="何老师")
    teams.join(invitation, by=teacher, accepted=[one.code for one in teams.texts_for(invitation)])
    page = signed_in(teacher).get(reverse("desk"), follow=True).content.decode()
    assert training_desk.pupils_of([entry])[entry.pk].words == "队员 1 人：已报培训 1，测验通过 0"
    assert "我到哪一步了" in page


def test_the_desk_asks_the_same_for_many_courses(edition, django_assert_max_num_queries):
    entry = training.accepted(edition)
    me = training.leader(entry).user
    seats = [training.seat(training.course(edition, name=f"第 {n} 门课"), entry) for n in range(3)]
    clock.set_now(training.FIRST + timedelta(hours=3))
    client = signed_in(me)
    client.get(reverse("desk"))
    with django_assert_max_num_queries(20) as three:
        assert client.get(reverse("desk")).content.decode().count("培训课程：") == 3
    for seat in seats[1:]:
        enrolling.leave(seat, by=me)
    with django_assert_max_num_queries(len(three)):
        assert client.get(reverse("desk")).content.decode().count("培训课程：") == 1


def studied(edition):
    """A course with a material and a question, and a seat in it."""
    entry, course = training.accepted(edition), training.course(edition)
    courses.save_material(course, {"title": "怎样选题", "text": "选题要小。"}, by=training.organiser())
    asked = {"text": "发布前要做什么？", "options": "*核对\n直接发布", "multiple": False}
    courses.save_question(course, asked, by=training.organiser())
    return course, training.seat(course, entry)


def test_an_invitation_is_the_first_thing(edition):
    clock.set_now(REGISTERING)
    by, me = person(), User.objects.create_user("何老师", email="he@example.test")
    invitation = teams.invite(draft(edition, by), "instructor", by=by, email="he@example.test", name="何老师")
    assert signed_in(me).get(reverse("desk")).url == reverse("member_invitation", args=[token_of(invitation)])
