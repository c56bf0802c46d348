"""Judges: invited, imported from a roster, in office, replaced; works that leave and come late."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.notices.models import Notice
from core.problems import Refused
from core.sheets import find_table, read, write_xlsx
from core.tokens import token_of
from judging.models import Assignment, JudgeInvitation, Round
from judging.services import closing, importing, judges, pool
from judging.sheets import ROSTER
from registrations.services import works
from tests.judging import build
from tests.registrations.works import build as works_build

GOOD = {"number": 1, "name": "王小芳", "gender": "女", "birth": "1970-05", "organisation": "广东工业大学",
        "duty": "主任", "title": "教授", "field": "海洋科学", "phone": "13800138091"}  # fmt: skip


def roster(*rows: dict[str, object]) -> object:
    content = io.BytesIO(write_xlsx(ROSTER, rows))
    return find_table(read(content, "名单.xlsx"), ROSTER)


def test_a_roster_invites_and_keeps_neither_gender_nor_birth(review: Round) -> None:
    assert importing.import_roster(review, roster(GOOD), by=build.organiser()) == 1  # type: ignore[arg-type]
    found = JudgeInvitation.objects.get()
    assert (found.name, found.organisation, found.duty, found.field) == ("王小芳", "广东工业大学", "主任", "海洋科学")
    kept = " ".join(str(value) for value in JudgeInvitation.objects.values().get().values())
    assert "1970" not in kept
    assert "女" not in kept


def test_every_fault_of_a_roster_is_told(review: Round) -> None:
    rows = [
        GOOD,
        GOOD | {"name": "李四", "number": 2},
        {"number": 3, "name": "赵五"},
        GOOD | {"phone": "12", "number": 4},
    ]
    lines = importing.judge_roster(review, roster(*rows))  # type: ignore[arg-type]
    assert [[problem.code for problem in line.problems] for line in lines] == [
        [], ["roster.twice"], ["roster.address", "roster.organisation"], ["roster.phone"],
    ]  # fmt: skip


def test_the_same_roster_again_invites_nobody(review: Round) -> None:
    importing.import_roster(review, roster(GOOD), by=build.organiser())  # type: ignore[arg-type]
    assert importing.import_roster(review, roster(GOOD), by=build.organiser()) == 0  # type: ignore[arg-type]


def test_one_invitation_seats_a_judge_in_several_categories(review: Round) -> None:
    user = User.objects.create_user("专家", email="x@example.test")
    asked = judges.invite(review, by=None, email="x@example.test", categories=["A", "C"])
    seats = judges.join(asked, by=user, accepted=build.PROMISES)
    assert [seat.round.category.code for seat in seats] == ["A", "C"]


def test_a_judge_who_leaves_keeps_what_is_signed(review: Round) -> None:
    made = build.opened(review)
    judge = made[0].judge
    mine = list(judge.assignments.select_related("judge__user", "round").order_by("pk"))
    build.signed(mine)
    late = build.given(review, [judge], build.candidates(review, 1, first=50))
    assert judges.remove(judge, reason="出差", by=build.organiser()) == late
    assert review.sheets.counted().count() == 3
    assert not Assignment.objects.of(judge.user).exists()


def test_a_judge_whose_scores_must_not_count(review: Round) -> None:
    made = build.opened(review)
    build.signed(made)
    judges.remove(made[0].judge, reason="收受礼品", by=build.organiser(), void=True)
    assert review.sheets.counted().count() == 6


def test_passed_works_enter_and_those_taken_back_leave(review: Round) -> None:
    contact = build.contact(review.edition)
    work = works_build.passed(works_build.accepted(review.edition), by=contact)
    assert list(pool.eligible_works(review, contact)) == [work]
    assert list(pool.eligible_works(build.round_of(review.edition, category="B"))) == []
    made = pool.add(review, [pool.thing_of(work)], by=contact)
    assert (made[0].version, made[0].title) == (work.current, work.title)
    assert pool.add(review, [pool.thing_of(work)], by=contact) == []
    works.withdraw_work(work, by=works_build.leader(work))
    assert pool.follow_works() == 1
    made[0].refresh_from_db()
    assert (made[0].state, made[0].reason) == ("out", "作品已撤回或报名已退出")


def test_only_a_public_result_leads_on(review: Round) -> None:
    with pytest.raises(Refused):
        closing.advance(review, build.round_of(review.edition, "final"), by=build.organiser())


def test_an_expert_says_no_by_the_link(review: Round) -> None:
    """Signed in or not; whoever asked is told and may ask somebody else, the link is over."""
    asked = judges.invite(review, by=build.organiser(), email="expert@example.test", name="王小芳")
    url = reverse("judge_invitation", args=[token_of(asked)])
    assert "谢绝这份邀请" in Client().get(url).content.decode()
    assert "您没有担任 A 类初评的评委" in Client().post(url, {"decline": "1"}).content.decode()
    asked.refresh_from_db()
    assert (asked.status, Client().get(url).status_code) == ("declined", 410)
    told = Notice.objects.get(template="judge-declined")
    assert (told.recipient, told.subject) == (build.organiser(), "A 类初评：一位受邀专家谢绝了邀请")
    assert judges.invite(review, by=build.organiser(), email="expert@example.test", name="王小芳")
