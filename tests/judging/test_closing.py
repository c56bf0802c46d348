"""Locking, freezing, unlocking by two, publishing; later changes make a new snapshot."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisc_portal import editions
from bench._flows import asked
from core.problems import Refused
from judging.models import Assignment, RankingRow, Round, ScoreSheet, Snapshot
from judging.rules import ranking
from judging.services import closing, pool
from tests.judging import build
from tests.registrations.staff import signed_in
from tracks.models import Edition
from tracks.rulebook.adopt import adopt_defaults


def adopted(edition: Edition) -> None:
    """The organiser takes over the defaults of what the notice leaves open about the rounds."""
    edition.refresh_from_db()
    rounds = (build.round_of(edition, code) for code in ("review", "final"))
    questions = {question for round_ in rounds for question in closing.undecided(round_)}
    editions.load(adopt_defaults(edition.text, questions), by=build.organiser(), reason="采纳缺省")


@pytest.fixture
def scored(assignments: list[Assignment]) -> list[Assignment]:
    """Every sheet is signed; work 1 is the best, work 3 the last."""
    build.signed(assignments, [90 - 10 * one.candidate.number for one in assignments])
    return assignments


@pytest.fixture
def locked(review: Round, scored: list[Assignment]) -> Round:
    """Locked by the organiser."""
    closing.lock_round(review, by=build.organiser())
    return build.round_of(review.edition)


def test_locking_freezes_a_ranking_that_anyone_can_recompute(review: Round, scored: list[Assignment]) -> None:
    snapshot = closing.lock_round(review, by=build.organiser())
    inputs = ranking.inputs_from(snapshot.inputs)
    assert ranking.digest_of(inputs) == snapshot.sha256
    assert ranking.result_of(ranking.rank(inputs)) == snapshot.result
    rows = list(snapshot.rows.values_list("rank", "score", "judges"))
    assert [rank for rank, _, _ in rows] == [1, 2, 3]
    assert [judges for _, _, judges in rows] == [3, 3, 3]


def test_locking_names_who_has_not_signed(review: Round, assignments: list[Assignment]) -> None:
    mine = [one for one in assignments if one.judge == assignments[0].judge]
    build.signed(mine)
    with pytest.raises(Refused) as refused:
        closing.lock_round(review, by=build.organiser())
    assert refused.value.codes == ["sheets.unsigned"]
    snapshot = closing.lock_round(review, by=build.organiser(), reason="两位评委住院")
    assert (snapshot.sheets, snapshot.judges) == (3, 1)


def test_nothing_is_written_after_locking(locked: Round, scored: list[Assignment]) -> None:
    with pytest.raises(Refused) as refused:
        build.score(scored[0])
    assert refused.value.codes == ["round.closed"]
    with pytest.raises(IntegrityError, match="round_takes_scores"), transaction.atomic():
        ScoreSheet.objects.update(state="void")


@pytest.mark.parametrize(("model", "field"), [(Snapshot, "number"), (RankingRow, "position")])
def test_a_snapshot_is_never_changed(locked: Round, model: type[Snapshot | RankingRow], field: str) -> None:
    table = model._meta.db_table
    for write in (f"UPDATE {table} SET {field} = {field} + 50", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(write)


def test_unlocking_takes_two(locked: Round) -> None:
    first, second = build.organiser(), build.organiser("second@example.test")
    unlock = closing.ask_unlock(locked, reason="漏评一件", by=first)
    with pytest.raises(Refused) as refused:
        closing.answer_unlock(unlock, agree=True, by=first)
    assert refused.value.codes == ["unlock.two"]
    with pytest.raises(IntegrityError, match="unlock_takes_two"), transaction.atomic():
        Round.objects.filter(pk=locked.pk).update(state="open")
    closing.answer_unlock(unlock, agree=True, by=second)
    locked.refresh_from_db()
    assert (locked.state, Snapshot.objects.count()) == ("open", 1)


def test_what_the_notice_leaves_open_blocks_publication(locked: Round) -> None:
    with pytest.raises(Refused) as refused:
        closing.publish(locked, by=build.organiser())
    assert refused.value.codes == ["round.undecided"]
    assert "Q12" in str(refused.value)
    adopted(locked.edition)
    closing.publish(locked, by=build.organiser())
    assert build.round_of(locked.edition).state == "published"


def test_a_work_that_leaves_makes_a_new_snapshot(locked: Round) -> None:
    adopted(locked.edition)
    closing.publish(locked, by=build.organiser())
    first = locked.snapshots.get()
    best = first.rows.get(rank=1).candidate
    closing.withdraw(best, reason="查实抄袭", by=build.organiser())
    second = locked.snapshots.first()
    assert second
    assert (second.number, second.rows.count(), first.rows.count()) == (2, 2, 3)
    assert locked.publications.get(ended_at=None).snapshot == second
    assert "查实抄袭" in second.reason


def test_those_who_advance_enter_the_next_round(locked: Round) -> None:
    adopted(locked.edition)
    final = build.round_of(locked.edition, "final")
    with pytest.raises(Refused):
        closing.advance(locked, final, by=build.organiser())
    closing.publish(locked, by=build.organiser())
    made = closing.advance(build.round_of(locked.edition), final, by=build.organiser())
    assert [one.title for one in made] == [row.candidate.title for row in locked.snapshots.get().rows.all()]


def test_the_organiser_decides_ties_and_why(review: Round, assignments: list[Assignment]) -> None:
    build.signed(assignments, [80] * len(assignments))
    snapshot = closing.lock_round(review, by=build.organiser())
    tied = [row.candidate for row in snapshot.rows.all()]
    assert [row.rank for row in snapshot.rows.all()] == [1, 1, 1]
    again = closing.decide_tie(review, [tied[2], tied[0], tied[1]], reason="专家组复议", by=build.organiser())
    assert again
    assert [(row.rank, row.candidate) for row in again.rows.all()] == [
        (1, tied[2]),
        (2, tied[0]),
        (3, tied[1]),
    ]


def test_a_withdrawn_work_counts_no_more_and_may_return(review: Round, scored: list[Assignment]) -> None:
    gone = scored[0].candidate
    pool.withdraw(gone, reason="本人退出", by=build.organiser())
    assert Assignment.objects.of(scored[0].judge.user).count() == 2
    pool.restore(gone, reason="误操作", by=build.organiser())
    assert closing.lock_round(review, by=build.organiser()).works == 3


def test_the_totals_are_exact(review: Round, scored: list[Assignment]) -> None:
    totals = dict(review.sheets.values_list("assignment__candidate__number", "total"))
    assert totals == {1: Decimal(80), 2: Decimal(70), 3: Decimal(60)}


def test_a_mistyped_work_is_not_passed_over(review: Round, assignments: list[Assignment]) -> None:
    """The page lists who shares a place; a number that is not in the round is refused, what was typed stays."""
    build.signed(assignments, [80] * len(assignments))
    closing.lock_round(review, by=build.organiser())
    url, client = reverse("admin:judging_round_tie", args=[review.pk]), signed_in(build.organiser())
    assert "第 1 名：A-0001、A-0002、A-0003" in client.get(url).content.decode()
    answer = client.post(url, {"order": "A-0002 A-0077 A-0001", "reason": "复议"})
    assert answer.status_code == 422
    assert "本轮没有作品 A-0077" in answer.content.decode()
    assert client.post(url, {"order": "A-0002、3 A-0001", "reason": "复议"}).status_code == 302
    page = client.get(reverse("admin:judging_round_change", args=[review.pk])).content.decode()
    assert "决定同分次序</a>" not in page  # nothing is tied any more


@pytest.mark.parametrize("works", [1, 3])
def test_the_page_of_a_locked_round_asks_little(works: int, review: Round, assignments: list[Assignment]) -> None:
    """However many works share a place (issue 9: no page over 20)."""
    build.signed(assignments, [80] * len(assignments))
    for one in review.candidates.all()[works:]:
        pool.withdraw(one, reason="退出", by=build.organiser())
    closing.lock_round(review, by=build.organiser())
    url, client = reverse("admin:judging_round_change", args=[review.pk]), signed_in(build.organiser())
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    assert len(asked(captured.captured_queries)) <= 20
