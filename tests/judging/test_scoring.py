"""Keeping, submitting, signing score sheets, and what the database refuses whoever writes."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import InternalError, transaction

from core import clock
from core.problems import Refused
from judging.models import Assignment, Round, ScoreMark, ScoreSheet
from judging.services import opening, scoring
from tests.judging import build

TEN = dict.fromkeys(build.EVEN, Decimal(10))


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return refused.value.codes


def test_a_sheet_is_kept_half_done_and_has_no_total(assignments: list[Assignment]) -> None:
    sheet = build.score(assignments[0], {"science": Decimal(88)}, submit=False)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.total, list(sheet.marks.values_list("points", flat=True))) == ("draft", None, [88])


def test_a_complete_sheet_is_submitted_with_its_total(assignments: list[Assignment]) -> None:
    sheet = build.score(assignments[0], build.EVEN | {"science": Decimal(86)})
    sheet.refresh_from_db()
    assert (sheet.state, sheet.total) == ("submitted", Decimal(81))


@pytest.mark.parametrize(("points", "code"), [("101", "range"), ("-1", "range"), ("80.123", "step"), ("NaN", "range")])
def test_points_out_of_range_are_refused_at_their_field(assignments: list[Assignment], points: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        build.score(assignments[0], build.EVEN | {"lawful": Decimal(points)})
    assert [(p.code, p.field) for p in refused.value.problems] == [(f"mark.{code}", "lawful")]


def test_a_missing_mark_keeps_a_sheet_from_being_submitted(assignments: list[Assignment]) -> None:
    with pytest.raises(Refused) as refused:
        build.score(assignments[0], {"science": Decimal(88)})
    assert codes(refused) == ["mark.missing"] * 5
    assert not ScoreSheet.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(assignments: list[Assignment]) -> None:
    judge = assignments[0].judge.user
    first = scoring.save(assignments[0], build.EVEN, by=judge, key=uuid4(), base=0)
    with pytest.raises(Refused) as refused:
        scoring.save(assignments[0], TEN, by=judge, key=uuid4(), base=0)
    assert codes(refused) == ["sheet.stale"]
    assert scoring.save(assignments[0], TEN, by=judge, key=uuid4(), base=first.version).total == 10


def test_a_queue_that_sends_twice_is_stored_once(assignments: list[Assignment]) -> None:
    """Five sheets kept on the tablet for ten minutes, sent at once, and sent again since no answer came."""
    judge = assignments[0].judge.user
    mine = [one for one in assignments if one.judge == assignments[0].judge]
    sent = [(one, uuid4()) for one in mine]
    for _ in range(2):
        for one, key in sent:
            scoring.save(one, build.EVEN, by=judge, submit=True, key=key, base=0)
    assert list(ScoreSheet.objects.values_list("version", flat=True)) == [1] * len(mine)
    assert ScoreMark.objects.count() == 6 * len(mine)


def test_an_answer_that_never_came_is_no_other_tab(assignments: list[Assignment]) -> None:
    judge, lost = assignments[0].judge.user, uuid4()
    scoring.save(assignments[0], build.EVEN, by=judge, key=lost, base=0)
    assert scoring.save(assignments[0], TEN, by=judge, key=uuid4(), base=0, mine=[lost]).version == 2


def test_signing_takes_all_sheets_or_none(assignments: list[Assignment]) -> None:
    mine = [one for one in assignments if one.judge == assignments[0].judge]
    build.score(mine[0])
    with pytest.raises(Refused) as refused:
        scoring.sign(mine[0].judge, by=mine[0].judge.user)
    assert codes(refused) == ["sheets.unready"]
    build.score(mine[1])
    scoring.abstain(mine[2], "看不懂方言", by=mine[2].judge.user)
    assert scoring.sign(mine[0].judge, by=mine[0].judge.user) == 3
    assert set(ScoreSheet.objects.values_list("state", flat=True)) == {"signed"}


def test_a_signed_sheet_stands_whoever_writes(assignments: list[Assignment]) -> None:
    build.signed(assignments)
    with pytest.raises(Refused) as refused:
        build.score(assignments[0], TEN)
    assert codes(refused) == ["sheet.signed"]
    for write in (
        lambda: ScoreSheet.objects.update(total=100),
        lambda: ScoreMark.objects.update(points=100),
        lambda: ScoreMark.objects.all().delete(),
        lambda: ScoreSheet.objects.all().delete(),
    ):
        with pytest.raises((scoring.IntegrityError, InternalError)), transaction.atomic():
            write()


def test_no_score_before_or_after_the_window(assignments: list[Assignment], review: Round) -> None:
    now = clock.now()
    opening.set_window(review, opens_at=None, closes_at=now + timedelta(hours=1), reason="定", by=build.organiser())
    clock.set_now(now + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        build.score(assignments[0])
    assert codes(refused) == ["round.window"]
    with pytest.raises(scoring.IntegrityError, match="round_window"), transaction.atomic():
        ScoreSheet.objects.create(assignment=assignments[0], round=review, saved_at=now)


def test_the_closing_second_belongs_to_the_window(assignments: list[Assignment], review: Round) -> None:
    closes = clock.now() + timedelta(hours=1)
    opening.set_window(review, opens_at=None, closes_at=closes, reason="定", by=build.organiser())
    clock.set_now(closes - timedelta(seconds=1))
    assert build.score(assignments[0]).state == "submitted"


def test_somebody_elses_assignment_is_not_there(assignments: list[Assignment]) -> None:
    other = next(one for one in assignments if one.judge != assignments[0].judge)
    for user in (other.judge.user, build.organiser()):
        with pytest.raises(Refused) as refused:
            scoring.save(assignments[0], build.EVEN, by=user)
        assert codes(refused) == ["assignment.released"]
