"""Which place earns which prize of a theme, and what a changed ranking would change."""

import pytest

from seasons.rules.prizes import Change, Place, Prize, Standing, difference, winners

TABLE = [Prize("first", "一等", 1), Prize("second", "二等", 2)]


def places(*ranks: int | None) -> list[Place]:
    return [Place(entry, f"T-{entry:04}", rank) for entry, rank in enumerate(ranks, 1)]


def given(found) -> list[tuple[int, str]]:
    return [(one.entry, one.level) for one in found]


@pytest.mark.parametrize(
    ("ranks", "levels"),
    [
        ((2, 1, 3, 4), [(2, "first"), (1, "second"), (3, "second")]),
        ((1,), [(1, "first")]),  # counts are at most
        ((1, 2, 2, 4), [(1, "first"), (2, "second"), (3, "second")]),  # a tie within a prize is none
        ((None, 1), [(2, "first")]),  # no score, no prize
        ((), []),
    ],
)
def test_from_the_top(ranks, levels):
    found, problems = winners(places(*ranks), TABLE)
    assert (given(found), problems) == (levels, [])


@pytest.mark.parametrize("ranks", [(1, 1, 3), (1, 2, 3, 3)])
def test_equal_places_across_a_line_wait_for_the_organiser(ranks):
    found, problems = winners(places(*ranks), TABLE)
    assert found == []
    assert [problem.code for problem in problems] == ["prize.tied"]


def test_an_entry_has_one_prize_for_its_best_record():
    twice = [Place(1, "T-0001", 1), Place(1, "T-0002", 2), Place(2, "T-0003", 3)]
    found, _ = winners(twice, TABLE)
    assert given(found) == [(1, "first"), (2, "second")]


def test_from_a_prize_without_a_count_on_the_organiser_decides():
    found, _ = winners(places(1, 2, 3), [Prize("first", "一等", 1), Prize("second", "二等", None), TABLE[1]])
    assert given(found) == [(1, "first")]


def test_the_difference_names_who_loses_who_gains_and_leaves_the_rest():
    wanted, _ = winners(places(2, 1, 3), TABLE)
    stands = [Standing(10, 1, "first"), Standing(11, 2, "second"), Standing(12, 3, "second"), Standing(13, 9, "second")]
    found = difference(stands, wanted, by_hand=[2])
    assert found == [Change(1, stands[0], wanted[1]), Change(9, stands[3], None)]
    assert difference([Standing(1, one.entry, one.level) for one in wanted], wanted) == []
