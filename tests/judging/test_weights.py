"""What a rubric weighs, in words."""

from fractions import Fraction

import pytest

from judging.rules.weights import Weighed, dimensions_of, quick_scores, share_in_words


def rubric(*weights: str, counts: tuple[bool, ...] = (True, True, True)) -> list[str]:
    made = [Weighed(f"c{n}", f"第{n}项", "通识", Fraction(w), counts[n]) for n, w in enumerate(weights)]
    return [dimension.words for dimension in dimensions_of(made)]


@pytest.mark.parametrize(("weight", "words"), [("50/3", "1/6"), ("100/3", "1/3"), ("30", "30%"), ("100/13", "7.69%")])
def test_a_share_is_exact_where_it_can_be_read(weight: str, words: str) -> None:
    assert share_in_words(Fraction(weight)) == words


def test_equal_criteria_are_told_together() -> None:
    assert rubric("50/3", "50/3") == ["占总分 1/3，两项各 1/6"]


def test_unequal_criteria_are_told_one_by_one() -> None:
    assert rubric("30", "10") == ["占总分 40%，第0项 30%、第1项 10%"]


def test_what_does_not_count_says_so() -> None:
    assert rubric("30", "10", counts=(True, False, True)) == ["占总分 30%，第1项不计入"]
    assert rubric("30", counts=(False, True, True)) == ["不计入总分"]


def test_a_dimension_is_a_run_of_neighbours() -> None:
    made = [Weighed(str(n), str(n), name, Fraction(25)) for n, name in enumerate("甲甲乙丙")]
    assert [(one.name, len(one.criteria)) for one in dimensions_of(made)] == [("甲", 2), ("乙", 1), ("丙", 1)]


def test_quick_scores_fit_the_scale() -> None:
    assert [points for points, _ in quick_scores(100)] == [60, 70, 75, 80, 85, 90]
    assert [points for points, _ in quick_scores(10)] == [6, 7, 8, 9]
