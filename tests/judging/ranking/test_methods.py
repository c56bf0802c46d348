"""The methods, digit by digit and by their properties."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judging.rules.ranking import METHODS, K, Score, aggregate
from judging.rules.ranking.example import MEANS, SCORES, SEVERITIES, VALUES, check_judge, check_work
from judging.rules.ranking.graph import groups_of
from judging.rules.ranking.numbers import rounded

D = Decimal


def scores(table: dict[str, str]) -> list[Score]:
    """{"A": "80 90 - 70"}: judges 1, 2, 4."""
    return [
        Score(work, str(number), D(mark))
        for work, marks in table.items()
        for number, mark in enumerate(marks.split(), 1)
        if mark != "-"
    ]


def notes(scored):
    return [(note.code, note.works or note.judges) for note in scored.notes]


# --- Worked by hand ------------------------------------------------------------------------------------------


def test_the_example_of_the_page():
    """甲: (91−83)+(88−80)+(90−82) = 24, ÷ (3 + 3) = 4; 乙: −6+(−2)+(−4) = −12, ÷ 6 = −2; 丙: −6−2−4 likewise."""
    scored = aggregate(SCORES, "severity_adjusted", k=K)
    assert (scored.severities, scored.scores) == (SEVERITIES, VALUES)
    assert aggregate(SCORES, "mean").scores == MEANS


def test_the_example_is_checked_line_by_line():
    scored = aggregate(SCORES, "severity_adjusted")
    work, judge = check_work(SCORES, scored, "台风"), check_judge(SCORES, scored, "甲", k=K)
    assert [(line.judge, line.score, line.severity, line.corrected) for line in work.lines] == [
        ("丙", 78, -2, 80), ("乙", 78, -2, 80), ("甲", 90, 4, 86),
    ]  # fmt: skip
    assert (work.total, work.count, work.value) == (246, 3, 82)
    assert (judge.total, judge.count, judge.total / (judge.count + judge.k)) == (24, 3, judge.severity)


def test_standard_scores():
    """Judge 1: 70 80 90, deviation √(200/3); judge 2: all 60, so 0; judge 3 has two: by 68.75, √110.9375."""
    table = scores({"A": "70 60 60", "B": "80 60 70", "C": "90 60 -"})
    scored = aggregate(table, "zscore")
    assert scored.scores == {"A": D("-0.6852"), "B": D("0.0396"), "C": D("0.6124")}
    assert notes(scored) == [("judge_few", ("3",)), ("judge_flat", ("2",))]


def test_trimmed_mean_from_five_on():
    scored = aggregate(scores({"A": "0 70 80 90 100", "B": "0 70 80 90"}), "trimmed_mean")
    assert (scored.scores, notes(scored)) == ({"A": 80, "B": 60}, [("trim_fallback", ("B",))])


def test_all_scores_equal():
    table = scores({"A": "80 80 80", "B": "80 80 80", "C": "80 80 80"})
    assert {method: set(aggregate(table, method).scores.values()) for method in METHODS} == {
        "mean": {80}, "trimmed_mean": {80}, "zscore": {0}, "severity_adjusted": {80},
    }  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_no_scores_no_ranking(method):
    assert aggregate([], method).scores == {}


def test_parts_are_corrected_by_themselves_and_named():
    table = [Score(w, j, D(s)) for w, j, s in (("A", "1", 80), ("A", "2", 70), ("B", "3", 90))]
    scored = aggregate(table, "severity_adjusted")
    assert scored.scores == {"A": 75, "B": 90}
    assert scored.groups == (("A",), ("B",))
    assert [note.code for note in scored.notes] == ["unconnected", "part", "part", "work_few"]


@pytest.mark.parametrize("k", [0, -1])
def test_without_k_there_is_no_answer(k):
    with pytest.raises(ValueError, match="k must be above 0"):
        aggregate(SCORES, "severity_adjusted", k=D(k))


def test_a_pair_twice_is_refused():
    with pytest.raises(ValueError, match="scored twice"):
        aggregate([*SCORES, SCORES[0]], "mean")


@pytest.mark.parametrize(
    ("value", "told"),
    [("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("-0.00004", "0.0000"), ("84.01234999999999", "84.0123")],
)
def test_rounding_is_half_up(value, told):
    assert str(rounded(D(value), 4)) == told


def test_noise_of_division_does_not_round_down():
    noisy = D("0.00005") - D("1e-40")
    assert str(rounded(noisy, 4)) == "0.0001"


# --- Properties ----------------------------------------------------------------------------------------------

marks = st.decimals(0, 100, places=2)
tables = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEFG"), st.sampled_from("12345")), marks, min_size=1, max_size=25
).map(lambda table: [Score(work, judge, mark) for (work, judge), mark in table.items()])


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(sorted(METHODS)), st.data())
def test_the_order_of_rows_does_not_matter(table, method, data):
    assert aggregate(data.draw(st.permutations(table)), method) == aggregate(table, method)


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(sorted(METHODS)))
def test_names_of_judges_do_not_matter(table, method):
    renamed = [Score(score.work, str(9 - int(score.judge)), score.score) for score in table]
    assert aggregate(renamed, method).scores == aggregate(table, method).scores


@settings(max_examples=60, deadline=None)
@given(tables, st.decimals(-30, 30, places=2))
def test_everybody_milder_by_the_same_moves_every_value_by_the_same(table, by):
    """Above 0 throughout, since half up rounds away from it."""
    before = aggregate([Score(s.work, s.judge, s.score + 100) for s in table], "severity_adjusted")
    moved = aggregate([Score(s.work, s.judge, s.score + 100 + by) for s in table], "severity_adjusted")
    assert moved.severities == before.severities
    assert moved.scores == {work: value + by for work, value in before.scores.items()}


@settings(max_examples=60, deadline=None)
@given(tables, st.decimals(-30, 30, places=2))
def test_one_judge_milder_changes_no_difference_as_k_goes_to_0(table, by):
    """Where works hang together: a lenient judge helps nobody once k does not hold the severities back."""
    assume(len(groups_of((score.work, score.judge) for score in table)) == 1)
    tiny = D("0.000000001")
    before = aggregate(table, "severity_adjusted", k=tiny).scores
    moved = [Score(s.work, s.judge, s.score + by * (s.judge == "1")) for s in table]
    after = aggregate(moved, "severity_adjusted", k=tiny).scores
    shifts = [after[work] - before[work] for work in before]
    assert max(shifts) - min(shifts) <= D("0.0002")


@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_answer_solves_the_equations(table):
    """b = Σ (s − a) ÷ (count + k), within the rounding of a; Σ b = 0 in every part; a = mean of s − b exactly."""
    scored = aggregate(table, "severity_adjusted")
    for judge, severity in scored.severities.items():
        check = check_judge(table, scored, judge, k=K)
        assert abs(check.total / (check.count + check.k) - severity) <= D("0.0001")
    for _, judges in groups_of((score.work, score.judge) for score in table):
        assert abs(sum(scored.severities[judge] for judge in judges)) <= D("0.00001")
    assert all(check_work(table, scored, work).value == value for work, value in scored.scores.items())


@settings(max_examples=30, deadline=None)
@given(st.lists(marks, min_size=3, max_size=6), st.lists(st.decimals(-9, 9, places=2), min_size=3, max_size=5))
def test_without_noise_severity_is_found_out(values, severities):
    """All judge all: the order of works is the true one, whoever is lenient."""
    table = [
        Score(f"w{w}", f"j{j}", values[w] + severities[j])
        for w, j in product(range(len(values)), range(len(severities)))
    ]
    found = aggregate(table, "severity_adjusted").scores
    shift = found["w0"] - values[0]
    assert all(abs(found[f"w{w}"] - value - shift) <= D("0.0002") for w, value in enumerate(values))
