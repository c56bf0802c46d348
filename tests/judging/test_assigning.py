"""Distributions: worked out by a job, looked at, published; later changes keep what stands."""

from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.jobs.models import Job
from core.jobs.services import drain_all
from core.problems import Refused
from judging.models import Assignment, Judge, Plan, Round
from judging.rules import assignment as rule
from judging.services import assigning, judges, pool, recusing
from tests.judging import build


def prepared(review: Round, works: int = 6, seats: int = 6) -> list[Judge]:
    build.candidates(review, works)
    return [build.judge(review, number) for number in range(1, seats + 1)]


def planned(review: Round, seed: int = 7) -> Plan:
    plan = assigning.ask(review, by=build.organiser(), seed=seed)
    drain_all()
    plan.refresh_from_db()
    return plan


def loads(review: Round) -> Counter[int]:
    return Counter(review.assignments.active().values_list("judge", flat=True))


def test_a_plan_is_worked_out_looked_at_and_published(review: Round) -> None:
    prepared(review)
    plan = planned(review)
    assert (plan.state, plan.done, plan.parts, len(plan.pairs)) == ("ready", 100, 1, 30)
    assert not review.assignments.exists()
    assert assigning.publish(plan, by=build.organiser()) == 30
    assert set(loads(review).values()) == {5}
    codes = list(review.assignments.values_list("judge", "code"))
    assert len(set(codes)) == 30


def test_the_same_seed_gives_the_same_plan(review: Round) -> None:
    prepared(review, works=8, seats=7)
    first, second, other = planned(review), planned(review), planned(review, seed=8)
    assert first.pairs == second.pairs
    assert sorted(first.pairs) != sorted(other.pairs)
    first.refresh_from_db()
    assert first.state == "discarded"


def test_it_says_why_it_cannot_be_done(review: Round) -> None:
    works, seats = build.candidates(review, 1), [build.judge(review, n) for n in range(1, 6)]
    for seat in seats[:3]:
        recusing.declare(seat, works[0], found_by="organiser", reason="师生", by=build.organiser())
    plan = planned(review)
    assert plan.state == "failed"
    assert plan.problems == ["作品 A-0001只有 2 位无回避评委，需要 5 位，请增加评委或核对回避"]


def test_a_late_work_and_a_new_judge_keep_what_stands(review: Round) -> None:
    seats = prepared(review)
    assigning.publish(planned(review), by=build.organiser())
    before = set(review.assignments.values_list("judge", "candidate", "code"))
    build.candidates(review, 1, first=50)
    judges.remove(seats[0], reason="出差", by=build.organiser())
    build.judge(review, 20)
    assigning.publish(planned(review), by=build.organiser())
    stands = set(review.assignments.filter(state="active").values_list("judge", "candidate", "code"))
    kept = {one for one in before if one[0] != seats[0].pk}
    assert kept <= stands
    assert set(Counter(candidate for _, candidate, _ in stands).values()) == {5}


def test_pinned_and_forbidden_pairs(review: Round) -> None:
    seats = prepared(review, works=3, seats=7)
    work = review.candidates.all()[0]
    assigning.set_pair(seats[0], work, True, reason="专长", by=build.organiser())
    assigning.set_pair(seats[1], work, False, reason="曾共事", by=build.organiser())
    held = {judge for judge, candidate in planned(review).pairs if candidate == work.pk}
    assert (seats[0].pk in held, seats[1].pk in held) == (True, False)


def test_anchors_come_first_for_every_judge(review: Round) -> None:
    prepared(review, works=8, seats=7)
    anchors = set(review.candidates.filter(number__lte=3).values_list("pk", flat=True))
    review.candidates.filter(pk__in=anchors).update(anchor=True)
    assigning.publish(planned(review), by=build.organiser())
    for seat in review.judges.all():
        assert set(seat.assignments.order_by("position").values_list("candidate", flat=True)[:3]) == anchors


def test_what_changed_meanwhile_refuses_the_plan(review: Round) -> None:
    seats = prepared(review)
    plan = planned(review)
    work = review.candidates.get(pk=plan.candidates[plan.judges.index(seats[0].pk)])
    recusing.declare(seats[0], work, found_by="organiser", reason="师生", by=build.organiser())
    with pytest.raises(Refused) as refused:
        assigning.publish(plan, by=build.organiser())
    assert refused.value.codes == ["plan.stale"]
    assert not review.assignments.exists()


def test_a_worker_that_dies_leaves_the_plan_to_the_next(review: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the solver; the job's lease runs out and another worker finds the same plan."""
    prepared(review)
    plan = assigning.ask(review, by=build.organiser(), seed=7)

    class Killed(BaseException):
        """As SIGKILL: no handler, nothing put back."""

    def dies(request: rule.Request) -> rule.Plan:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(rule, "plan", dies)
        with pytest.raises(Killed), transaction.atomic():
            assigning.work_out(plan)
    plan.refresh_from_db()
    assert plan.state == "queued"
    drain_all()
    plan.refresh_from_db()
    assert (plan.state, len(plan.pairs), Job.objects.get(key=str(plan.pk)).state) == ("ready", 30, "done")


def test_a_withdrawn_work_is_not_given_out(review: Round) -> None:
    prepared(review)
    gone = review.candidates.all()[0]
    pool.withdraw(gone, reason="退出", by=build.organiser())
    assert gone.pk not in planned(review).candidates


def test_writing_costs_the_same_for_ten_and_for_a_hundred(review: Round) -> None:
    """Twenty statements at most, however many (the figure: 9,000)."""
    seats = [build.judge(review, number) for number in range(1, 3)]
    works = build.candidates(review, 55)
    counts = []
    for share in (works[:5], works[5:]):
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            assigning.give(review, [(seat.pk, work.pk) for seat in seats for work in share])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
    assert Assignment.objects.count() == 110


def test_publishing_twice_is_refused(review: Round) -> None:
    prepared(review)
    plan = planned(review)
    publish = partial(assigning.publish, plan, by=build.organiser())
    publish()
    with pytest.raises(Refused) as refused:
        publish()
    assert refused.value.codes == ["state.stale"]
