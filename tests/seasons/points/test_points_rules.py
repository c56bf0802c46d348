"""How points come about, by the rules alone (G31, Q14)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from seasons.rules import points
from seasons.rules.points import Fact, Posted, Rule, difference, lines_of
from seasons.rules.publishing import check_rules
from seasons.rules.standings import Standing, across_the_cut, gap, places

AT = datetime(2025, 3, 8, tzinfo=UTC)
ACTIVITY = Rule("activity", "一次", "activity", Decimal(10), month_cap=15)
HOUR = Rule("hour", "每小时", "hour", Decimal("2.5"))
SMALL = Rule("s", "50–199", "audience", Decimal(5), 50, 199)
LARGE = Rule("l", "200 起", "audience", Decimal(20), 200)
FIRST = Rule("first", "一等", "prize", Decimal(50), level="first")
PRESS = Rule("press", "报道", "bonus", Decimal(5))
RULES = (ACTIVITY, HOUR, SMALL, LARGE, FIRST, PRESS)


def service(key: int = 1, minutes: int = 0, audience: int = 0, month: str = "2025-03") -> Fact:
    return Fact(key, "service", month, AT, minutes, audience)


def earned(*facts: Fact, **spent: int) -> list[tuple[int, str, Decimal]]:
    found = lines_of(facts, RULES, {("2025-03", rule): Decimal(points) for rule, points in spent.items()})
    return [(line.fact, line.rule, line.points) for line in found]


@pytest.mark.parametrize(("minutes", "points"), [(59, 0), (60, 2.5), (119, 2.5), (120, 5)])
def test_only_whole_hours_count(minutes: int, points: float) -> None:
    assert earned(service(minutes=minutes))[1] == (1, "hour", Decimal(str(points)))


@pytest.mark.parametrize(("audience", "rule"), [(49, None), (50, "s"), (199, "s"), (200, "l"), (10**6, "l")])
def test_both_ends_belong_to_a_band(audience: int, rule: str | None) -> None:
    assert [rule for _, rule, _ in earned(service(audience=audience))[2:]] == [rule] * bool(rule)


def test_the_cap_goes_on_from_what_stands_and_ends_with_the_month() -> None:
    assert [line for line in earned(service(1), service(2), activity=5) if line[1] == "activity"] == [
        (1, "activity", 10),
        (2, "activity", 0),
    ]
    assert earned(service(month="2025-04"), activity=15)[0] == (1, "activity", 10)


def test_a_fact_that_no_rule_is_about_has_a_line_all_the_same() -> None:
    prize = Fact(1, "prize", "2025-03", AT, level="third")
    assert earned(prize) == [(1, points.NO_RULE, 0)]


def test_prizes_and_bonuses_earn_by_their_own_rule() -> None:
    facts = Fact(1, "prize", "2025-03", AT, level="first"), Fact(2, "bonus", "2025-03", AT, rule="press")
    assert earned(*facts) == [(1, "first", 50), (2, "press", 5)]


def test_portions_earn_what_the_whole_does() -> None:
    facts = [service(key, 90, 60) for key in range(1, 6)]
    whole = earned(*facts)
    spent: dict[str, int] = {}
    apart = []
    for fact in facts:
        apart += (lines := earned(fact, **spent))
        for _, rule, got in lines:
            spent[rule] = spent.get(rule, 0) + got
    assert apart == whole


def test_the_difference_names_what_changes_and_no_more() -> None:
    lines = lines_of([service(1, 60)], RULES, {})
    stood = {"activity": Decimal(8), "hour": Decimal("2.5"), "old": Decimal(1)}
    posted = [Posted(key, 1, rule, points) for key, (rule, points) in enumerate(stood.items())]
    found = {change.rule: change.points for change in difference(posted, lines)}
    assert found == {"activity": 2, "old": -1}


def test_no_rules_and_too_fine_rules_are_refused() -> None:
    fine = Rule("x", "过细", "hour", Decimal("0.125"))
    assert [p.code for p in check_rules([])] == ["points.unpublished"]
    assert [p.code for p in check_rules([HOUR, fine])] == ["points.too_fine"]


# --- Standings --------------------------------------------------------------------------------------------


def standing(entry: int, points: int, day: int = 1) -> Standing:
    return Standing(entry, Decimal(points), datetime(2025, 3, day, tzinfo=UTC))


def test_ties_go_to_the_earlier_then_share_the_rank() -> None:
    ranked = places([standing(1, 5, 2), standing(2, 9), standing(3, 5, 1), standing(4, 5, 2), standing(5, 1)])
    assert [(p.rank, p.standing.entry) for p in ranked] == [(1, 2), (2, 3), (3, 1), (3, 4), (5, 5)]


def test_the_organiser_decides_only_where_the_cut_splits_a_rank() -> None:
    ranked = places([standing(1, 9), standing(2, 5), standing(3, 5), standing(4, 1)])
    assert [p.standing.entry for p in across_the_cut(ranked, top=2)] == [2, 3]
    assert across_the_cut(ranked, top=3) == []


def test_the_distance_to_the_cut_is_told() -> None:
    assert gap(Decimal(10), Decimal("22.5"), 180, 100) == "距第 100 名还差 12.5 分"
    assert gap(Decimal(10), None, None, 100) == "前 100 名还没有满，有积分就能进"
    assert gap(Decimal(90), Decimal(30), 7, 100) == "已在前 100 名"
