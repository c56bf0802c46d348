"""Annex 4 advises: what is stored, what is only said, how months are counted."""

from datetime import date

import pytest

from seasons.rules.forces import (
    Activity,
    ForceFacts,
    Month,
    advice_on,
    badges_of,
    check_activity,
    check_force,
    missed,
    months_until,
    run_of,
)

KNOWN = {"venues", "online"}


def facts(**values) -> ForceFacts:
    return ForceFacts(**{"leader": "某人", "people": 500, "number": "GD-1", "areas": ("venues",), "known": KNOWN,
                         "minimum": 500} | values)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"people": 0}, []),  # never refused for its size
        ({"number": ""}, []),
        ({"leader": ""}, ["force.leader"]),
        ({"people": None}, ["force.people"]),
        ({"people": 1_000_001}, ["force.people_absurd"]),
        ({"number": "编号一"}, ["force.number"]),
        ({"number": "ab"}, ["force.number"]),
        ({"areas": ("venues", "other")}, ["force.areas"]),
    ],
)
def test_what_is_stored(values, codes):
    assert [problem.code for problem in check_force(facts(**{"number": "GD-1234"} | values))] == codes


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"people": 499}, ["force.small"]),
        ({"number": "", "areas": ()}, ["force.unregistered", "force.no_areas"]),
    ],
)
def test_what_is_only_said(values, codes):
    found = advice_on(facts(**values))
    assert [problem.code for problem in found] == codes
    assert not any(problem.blocks for problem in found)


def test_one_person_short_is_told_how_many():
    assert "还差 1 人" in advice_on(facts(people=499))[0].message


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"title": ""}, ["activity.title"]),
        ({"kind": "party"}, ["activity.kind"]),
        ({"day": None}, ["activity.day"]),
        ({"day": date(2025, 3, 9)}, ["activity.future"]),
        ({"day": date(2024, 10, 31)}, ["activity.early"]),
        ({"minutes": 0}, ["activity.minutes"]),
        ({"minutes": 1441}, ["activity.minutes"]),
        ({"people": 0}, ["activity.people"]),
    ],
)
def test_an_activity(values, codes):
    typed = {"title": "科普课", "kind": "venues", "day": date(2025, 3, 8), "minutes": 1440, "people": 1} | values
    found = check_activity(Activity(**typed), known=KNOWN, since=date(2024, 11, 1), today=date(2025, 3, 8))
    assert [problem.code for problem in found] == codes


def test_months_over_the_new_year():
    assert months_until(date(2024, 11, 1), date(2025, 2, 3)) == ["2024-11", "2024-12", "2025-01", "2025-02"]
    assert months_until(date(2024, 1, 1), date(2025, 2, 3))[0] == "2024-03"  # the last twelve


@pytest.mark.parametrize(
    ("done", "run"),
    [([1, 1, 1], 3), ([1, 1, 0], 2), ([1, 0, 1], 1), ([0, 0, 0], 0), ([1, 0, 0], 0), ([2, 0, 3, 1, 0], 2), ([], 0)],
)
def test_months_in_a_row(done, run):
    assert run_of([Month(f"2025-{n + 1:02}", count, 1) for n, count in enumerate(done)]) == run


def test_badges_are_earned_or_not_yet():
    months = [Month(f"2025-{n:02}", 1, 1) for n in range(1, 7)]
    assert [badge.earned for badge in badges_of(facts(), months)] == [True, True, True]
    assert [badge.earned for badge in badges_of(facts(people=1, number=""), months[:5])] == [False, False, False]


def test_the_running_month_is_not_missed():
    assert missed([Month("2025-01", 0, 1), Month("2025-02", 1, 1), Month("2025-03", 0, 1)]) == ["1 月"]
