"""大众评审: what may be cast, when, and what counts."""

from datetime import datetime, timedelta

import pytest

from core.clock import BEIJING
from judging.rules.ballots import Ballot, BallotRules, Window, check_ballot, count_ballots

OPENS = datetime(2025, 9, 20, 15, 0, tzinfo=BEIJING)
CLOSES = OPENS + timedelta(minutes=2)
WINDOW, END = BallotRules(("A", "B", "C", "D")), BallotRules(("A", "B", "C", "D"), 2, 3, "end")
OPEN = [Window(OPENS, CLOSES, "A"), Window(OPENS, None, "B"), Window(None, None, "C"), Window(OPENS, CLOSES, "")]


def codes(rules, choices, held=(), now=OPENS):
    return [problem.code for problem in check_ballot(rules, choices, OPEN, now, held)]


@pytest.mark.parametrize(
    ("rules", "choices", "held", "found"),
    [
        (WINDOW, "A", "", []),
        (WINDOW, "A", "BC", []),
        (WINDOW, "", "", ["ballot.empty"]),
        (WINDOW, "X", "", ["ballot.unknown"]),
        (WINDOW, "A", "A", ["ballot.twice"]),
        (WINDOW, "AA", "", ["ballot.twice"]),
        (WINDOW, "A", "BCD", ["ballot.too_many"]),
        (WINDOW, "C", "", ["ballot.early"]),
        (WINDOW, "D", "", ["ballot.early"]),  # a window nobody made
        (END, "AB", "", []),
        (END, "A", "", ["ballot.too_few"]),
        (END, "ABCD", "", ["ballot.too_many"]),
        (END, "AB", "CD", ["ballot.cast"]),
    ],
)
def test_a_ballot(rules, choices, held, found):
    assert codes(rules, tuple(choices), tuple(held)) == found


@pytest.mark.parametrize("rules", [WINDOW, END])
@pytest.mark.parametrize(
    ("now", "found"),
    [
        (OPENS - timedelta(milliseconds=1), ["ballot.early"]),
        (OPENS, []),
        (CLOSES - timedelta(microseconds=1), []),
        (CLOSES, ["ballot.late"]),
    ],
)
def test_the_window_is_half_open(rules, now, found):
    assert codes(rules, ("A",) if rules is WINDOW else ("A", "B"), now=now) == found


def test_only_free_and_complete_ballots_count():
    ballots = [
        Ballot("p1", ("A", "B")),
        Ballot("p2", ("A",)),
        Ballot("p3", ("B", "C"), quarantined=True),
        Ballot("p4", ()),
    ]
    counted = count_ballots(WINDOW, ballots)
    assert (counted.ballots, counted.votes) == (2, {"A": 2, "B": 1, "C": 0, "D": 0})
    assert (counted.quarantined, counted.incomplete) == (1, 1)
    assert counted.tally("public").ballots == 2


def test_lifting_a_quarantine_brings_the_votes_back():
    held, free = (Ballot("p1", ("A",), quarantined=state) for state in (True, False))
    assert (count_ballots(WINDOW, [held]).votes["A"], count_ballots(WINDOW, [free]).votes["A"]) == (0, 1)


def test_two_ballots_of_one_identity_are_never_counted():
    with pytest.raises(ValueError, match="two ballots"):
        count_ballots(WINDOW, [Ballot("p1", ("A",)), Ballot("p1", ("B",))])
