"""The monitor's figures: spread, severity, drift, and the three methods side by side."""

from decimal import Decimal

from judging.rules.ranking import Score, judge_reports, side_by_side, spreads
from judging.rules.ranking.example import SCORES

D = Decimal


def test_the_widest_spread_first_and_the_threshold_asks():
    found = [(one.work, one.spread, one.asks) for one in spreads(SCORES, 12)]
    assert found == [("红树林", 14, True), ("荔枝", 14, True), ("台风", 12, True), ("白海豚", 0, False)]
    assert not any(one.asks for one in spreads(SCORES, None))


def test_a_work_with_one_score_has_no_spread():
    assert spreads([Score("A", "1", D(80))], 0) == []


def test_severity_and_spread_of_each_judge():
    found = {one.judge: (one.sheets, one.mean, one.severity, one.drift) for one in judge_reports(SCORES)}
    assert found == {
        "甲": (3, D("89.6667"), 4, None), "乙": (3, D("79.3333"), -2, None), "丙": (3, D("78.3333"), -2, None),
    }  # fmt: skip


def test_drift_tells_who_grew_milder():
    """Judge 1 gives 10 more in the second half; 2 and 3 agree on 80. With three judges the work moves by a third."""
    scores = [Score(f"w{n}", "1", D(75 if n <= 4 else 85), n) for n in range(1, 9)]
    scores += [Score(f"w{n}", judge, D(80), n) for n in range(1, 9) for judge in "23"]
    first, *others = judge_reports(scores)
    assert (first.drift, [one.drift for one in others]) == (D("6.6666"), [D("-3.3334")] * 2)


def test_the_order_of_sheets_is_needed_for_a_drift():
    scores = [Score(f"w{n}", judge, D(80)) for n in range(8) for judge in "12"]
    assert {one.drift for one in judge_reports(scores)} == {None}


def test_three_methods_side_by_side():
    found = [(one.work, one.raw, one.raw_rank, one.adjusted, one.adjusted_rank) for one in side_by_side(SCORES)]
    assert found == [("白海豚", 83, 2, 85, 1), ("红树林", 84, 1, 83, 2), ("台风", 82, 3, 82, 3), ("荔枝", 81, 4, 80, 4)]
    assert side_by_side(SCORES)[0].scores == (("丙", 83), ("乙", 83))
