"""补配: late works and empty seats get judges, and nothing that stands moves."""

from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from core.jobs.services import drain_all
from judging.models import Judge, Round
from judging.services import adoption, assigning, gaps, judges, opening, scoring
from tests.judging import build
from tests.registrations.staff import signed_in

NAME = "补配新增作品／补足缺位"


@pytest.fixture
def running(review: Round) -> Round:
    """Scores are taken: six works, five of seven judges each; one judge has signed everything."""
    boss = build.organiser()
    build.candidates(review, 6)
    seats = [build.judge(review, number) for number in range(1, 8)]
    plan = assigning.ask(review, by=boss, seed=7)
    drain_all()
    plan.refresh_from_db()
    assigning.publish(plan, by=boss)
    opening.open_round(review, by=boss, reason="测试")
    for one in seats[0].assignments.select_related("judge__user", "round"):
        build.score(one)
    scoring.sign(seats[0], by=seats[0].user)
    return build.round_of(review.edition)


def stands(round_: Round) -> set[tuple[int, int, str]]:
    return set(round_.assignments.active().values_list("judge", "candidate", "code"))


def page(round_: Round, name: str) -> str:
    return reverse(f"admin:judging_round_{name}", args=[round_.pk])


def leaves(judge: Judge) -> None:
    judges.remove(judge, reason="出差", by=build.organiser())


def test_from_the_button_to_the_judges(running: Round) -> None:
    """Late work and departed judge: preview names who gets what, publication adds only that."""
    staff, leaver = signed_in(build.organiser()), running.judges.order_by("pk")[1]
    build.candidates(running, 1, first=50)
    answer = staff.post(reverse("admin:judging_judge_leave", args=[leaver.pk]), {"reason": "出差"}, follow=True)
    told = answer.content.decode()
    assert answer.redirect_chain == [(page(running, "plan"), 302)]
    assert (f"请点“{NAME}”" in told, "作品 50：新增作品" in told, "缺位，已有 4 位，要 5 位" in told) == (
        True,
        True,
        True,
    )
    before = stands(running)
    assert "还差 5 位评委" in staff.get(page(running, "plan_fill")).content.decode()
    assert staff.post(page(running, "plan_fill")).status_code == 302
    drain_all()
    seen = staff.get(page(running, "plan")).content.decode()
    assert ("谁评哪件" in seen, "发布这个方案" in seen, stands(running) == before) == (True, True, True)
    staff.post(page(running, "plan_publish"))
    assert before < stands(running)
    assert set(Counter(work for _, work, _ in stands(running)).values()) == {5}
    assert gaps.gaps(running) == []


def test_what_a_departed_judge_signed_counts_and_is_not_replaced(running: Round) -> None:
    leaves(running.judges.order_by("pk")[0])
    assert gaps.gaps(running) == []
    plan = gaps.fill(running, by=build.organiser())
    drain_all()
    plan.refresh_from_db()
    assert (plan.state, plan.pairs) == ("ready", [])


def test_whoever_abstained_leaves_a_gap(running: Round) -> None:
    one = running.judges.order_by("pk")[1].assignments.select_related("judge__user").order_by("pk")[0]
    scoring.abstain(one, "方言听不懂", by=one.judge.user)
    assert [(gap.candidate, gap.have, gap.why) for gap in gaps.gaps(running)] == [(one.candidate, 4, "缺位")]


def test_the_whole_panel_judges_late_works_too(review: Round) -> None:
    adoption.amend(review, {"judges_per_work": None}, reason="全体", by=build.organiser())
    build.opened(review, works=2, seats=3)
    late = build.candidates(review, 1, first=50)
    assert [(gap.candidate, gap.have, gap.wanted) for gap in gaps.gaps(build.round_of(review.edition))] == [
        (late[0], 0, 3)
    ]


def test_before_the_first_distribution_nothing_is_missing(review: Round) -> None:
    build.candidates(review, 1)
    assert gaps.gaps(review) == []


def test_the_button_stands_only_where_something_is_missing(running: Round, client: Client) -> None:
    staff = signed_in(build.organiser())
    assert NAME not in staff.get(page(running, "plan")).content.decode()
    build.candidates(running, 1, first=50)
    assert NAME in staff.get(page(running, "plan")).content.decode()
