"""公示, composite scores, entitlements and differences as pure rules."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from awards.rules import composite
from awards.rules.differences import Place, differences
from awards.rules.entitlements import Grant, Holder, Rule, Won, due
from awards.rules.publicity import Asking, check_final, check_objection, last_day
from core.clock import BEIJING
from core.workdays import is_workday
from tracks.rulebook import parse

ROOT = Path(__file__).parents[2]
RULEBOOK = parse((ROOT / "tracks/editions/guangdong-2024.toml").read_text("utf-8")).rulebook
OPENS = datetime(2025, 9, 22, 10, tzinfo=BEIJING)
CLOSES = datetime(2025, 9, 27, tzinfo=BEIJING)


def vectors() -> Iterator[Any]:
    with (ROOT / "tests/data/publicity_test_vectors.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield pytest.param(row, id=row["start"])


@pytest.mark.parametrize("row", list(vectors()))
def test_real_windows(row: dict[str, str]) -> None:
    found = last_day(
        date.fromisoformat(row["start"]), int(row["stated_workdays"]), first_counts=row["first_day_counts"] == "Y",
        is_workday=is_workday,
    )  # fmt: skip
    assert found == date.fromisoformat(row["end"])


@pytest.mark.parametrize(
    ("start", "first", "end"),
    [
        ("2025-09-29", True, "2025-10-11"),  # 29, 30; holidays until the 8th; 9, 10, and the make-up Saturday
        ("2025-09-27", True, "2025-10-10"),  # begins on a Saturday: Sunday 28 is a make-up day
        ("2025-09-22", False, "2025-09-28"),
    ],
)
def test_holidays_and_make_up_days(start: str, first: bool, end: str) -> None:
    found = last_day(date.fromisoformat(start), 5, first_counts=first, is_workday=is_workday)
    assert found == date.fromisoformat(end)


def codes(now: datetime = OPENS, *, anonymous: bool = False, **values: Any) -> list[str]:
    asking = {"kind": "person", "name": "祝宇", "reachable": True, "words": "不是原创", "evidence": True,
              "stamped": False, "about": "work-1", "told_before": False}  # fmt: skip
    problems = check_objection(Asking(**asking | values), OPENS, CLOSES, now, ["work-1"], anonymous=anonymous)
    return [problem.code for problem in problems]


def test_an_objection_inside_the_window_by_name_with_evidence() -> None:
    assert codes() == codes(CLOSES - timedelta(seconds=1)) == codes(about="") == []
    assert codes(CLOSES) == ["objection.late"]
    assert codes(OPENS - timedelta(seconds=1)) == ["objection.early"]
    assert codes(reachable=False) == codes(name=" ") == ["objection.anonymous"]
    assert codes(name="", anonymous=True) == []
    assert codes(evidence=False, words="") == ["objection.evidence", "objection.words"]
    assert codes(about="work-9") == ["objection.unknown"]
    assert codes(told_before=True) == ["objection.twice"]
    assert codes(kind="unit", name="", evidence=False) == ["objection.unit", "objection.stamp"]


def test_final_after_the_window_with_nothing_open() -> None:
    assert check_final(CLOSES, CLOSES, 0) == []
    assert [p.code for p in check_final(CLOSES, OPENS, 1)] == ["list.window", "list.objections"]


MEASURES = [
    composite.Measure("participation", "参赛情况", Fraction(40)),
    composite.Measure("works", "选送作品数量", Fraction(30)),
    composite.Measure("prizes", "作品获奖情况", Fraction(30)),
]


def nominee(key: str, *values: int, kind: str = "organisation") -> composite.Nominee:
    return composite.Nominee(key, kind, dict(zip(("participation", "works", "prizes"), values, strict=True)))


def test_the_composite_shows_its_arithmetic() -> None:
    best, other = composite.score([nominee("甲", 5, 4, 2), nominee("乙", 10, 4, 4)], MEASURES)
    assert (best.nominee.key, best.score, other.score) == ("乙", Decimal("100.0000"), Decimal("65.0000"))
    assert other.said == (
        "参赛情况 5 ÷ 最多 10 × 40 = 20.0000 + 选送作品数量 4 ÷ 最多 4 × 30 = 30.0000"
        " + 作品获奖情况 2 ÷ 最多 4 × 30 = 15.0000，合计 65.0000"
    )


def test_teachers_are_measured_among_teachers() -> None:
    found = composite.score([nominee("甲", 50, 40, 20), nominee("何老师", 1, 1, 4, kind="instructor")], MEASURES)
    assert [one.score for one in found] == [Decimal("100.0000")] * 2
    assert [one.rank for one in composite.ranked(found)] == [1, 2]  # 40 × 50 prizes part them


def test_equal_in_everything_is_one_rank() -> None:
    found = composite.ranked(composite.score([nominee("甲", 1, 1, 1), nominee("乙", 1, 1, 1)], MEASURES))
    assert [one.rank for one in found] == [1, 1]


# --- Entitlements -------------------------------------------------------------------------------------------


def rules() -> list[Rule]:
    assert RULEBOOK
    return [
        Rule(e.code, e.award, e.holders, e.status, e.categories, e.tracks,
             tuple(Grant(g.level, g.months, g.value_yuan) for g in e.grants))
        for e in RULEBOOK.entitlements
    ]  # fmt: skip


def winners(category: str) -> list[Won]:
    assert RULEBOOK
    levels = [level for level in RULEBOOK.award("leader").levels for _ in range(level.count or 0)]
    return [
        Won(n, "leader", level.code, Holder("team", f"第 {n} 队"), category, "youth", f"第 {n} 中学")
        for n, level in enumerate(levels)
    ]


def test_the_licences_of_category_c_are_worth_72915_yuan() -> None:
    assert RULEBOOK
    found = [one for one in due(rules(), winners("C")) if one.rule == "study_tour_licence"]
    assert sum(one.value_yuan or 0 for one in found) == RULEBOOK.entitlement_value("study_tour_licence") == 72_915
    assert {one.months for one in found} == {36, 24, 12, 6}
    assert len(found) == 130  # 65 teams and their 65 units


def test_no_pool_for_the_excellent() -> None:
    pool = [one for one in due(rules(), winners("A")) if one.rule == "organiser_pool"]
    assert (len(pool), len({one.line for one in pool})) == (70, 35)
    assert {one.holder.kind for one in pool} == {"team", "organisation"}


def test_a_chance_is_a_candidate_on_its_track_only() -> None:
    of_b = [one for one in due(rules(), winners("B")) if one.rule == "global_final"]
    assert {one.status for one in of_b} == {"candidate"}
    assert not [one for one in due(rules(), winners("A")) if one.rule == "global_final"]


def test_mentors_follow_from_the_outstanding() -> None:
    teacher = Won(1, "outstanding", "", Holder("instructor", "何老师"))
    assert [(one.rule, one.status) for one in due(rules(), [teacher])] == [("mentor", "candidate")]


def test_who_comes_and_goes() -> None:
    before = {"a": Place("first", 1, "甲"), "b": Place("first", 2, "乙"), "c": Place("second", 1, "丙")}
    after = {"b": Place("first", 1, "乙"), "c": Place("first", 2, "丙"), "d": Place("second", 1, "丁")}
    found = [(one.key, one.how) for one in differences(before, after)]
    assert found == [("d", "in"), ("a", "out"), ("c", "level"), ("b", "position")]
