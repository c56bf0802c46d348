"""Who goes on: tops, percentages, ties at the line, the organiser's picks, interleaving (N26, Q18, Q19)."""

from dataclasses import replace

import pytest

from judging.rules.advancing import Standing, advancing, apply_rule, check_picks, interleave
from tests.contest import GUANGDONG
from tracks.rulebook import parse
from tracks.rulebook.judging import Advance

TOP = Advance(kind="top", count=2, source="")
PERCENT = Advance(kind="percent", percent=20, rounding="half_up", count_min=1, source="")


def standings(*ranks, **facts):
    return [Standing(f"w{n}", rank, **facts) for n, rank in enumerate(ranks, 1)]


def told(rule, those, picks=None):
    return [(verdict.outcome, verdict.reason) for verdict in apply_rule(rule, those, picks).verdicts]


def test_the_best_go_on_with_a_reason():
    assert told(replace(TOP, purpose="入围终审路演"), standings(1, 2, 3, None)) == [
        ("in", "第 1 名，在前 2 名之内，入围终审路演"),
        ("in", "第 2 名，在前 2 名之内，入围终审路演"),
        ("out", "第 3 名，在前 2 名之外"),
        ("out", "没有名次（缺少评分）"),
    ]


@pytest.mark.parametrize(
    ("works", "rounding", "count_min", "places"),
    [(12, "half_up", 1, 2), (13, "half_up", 1, 3), (12, "up", 1, 3), (14, "down", 1, 2), (2, "half_up", 1, 1),
     (2, "down", 0, 0), (2, "half_up", 3, 2)],
)  # fmt: skip
def test_percentages(works, rounding, count_min, places):
    rule = replace(PERCENT, rounding=rounding, count_min=count_min)
    assert apply_rule(rule, standings(*range(1, works + 1))).lines[0].places == places


def test_each_part_has_its_own_line():
    those = [Standing(f"{c}{n}", n, category=c, region=r) for c in "AB" for r in "xy" for n in (1, 2)]
    cut = apply_rule(replace(TOP, count=1, per=("category", "region"), categories=("A",)), those)
    assert [(line.part, line.base, line.taken) for line in cut.lines] == [(("A", "x"), 2, 1), (("A", "y"), 2, 1)]
    assert {verdict.work[0] for verdict in cut.verdicts} == {"A"}


def test_equal_ranks_across_the_line_wait_for_the_organiser():
    cut = apply_rule(TOP, standings(1, 2, 2, 4))
    assert ([v.outcome for v in cut.verdicts], cut.lines[0].open) == (["in", "open", "open", "out"], ("w2", "w3"))
    assert cut.verdicts[1].reason == "第 2 名 2 件并列，名额只余 1 个，待主办单位决定"


def test_the_organiser_settles_the_line():
    those, pick = standings(1, 2, 2, 4), {"w3": "现场表现"}
    assert check_picks(TOP, those, pick) == []
    assert [v.outcome for v in apply_rule(TOP, those, pick).verdicts] == ["in", "out", "in", "out"]


@pytest.mark.parametrize(
    ("picks", "overridable", "codes"),
    [
        ({"w4": "理由"}, False, ["advance.not_overridable"]),
        ({"w4": "理由"}, True, []),
        ({"w4": " "}, True, ["advance.no_reason"]),
        ({"w9": "理由"}, True, ["advance.unknown"]),
        ({"w2": "理由", "w3": "理由"}, False, ["advance.too_many"]),
        ({"w2": "理由", "w3": "理由"}, True, []),
    ],
)
def test_picks(picks, overridable, codes):
    rule, those = replace(TOP, overridable=overridable), standings(1, 2, 2, 4)
    assert [problem.code for problem in check_picks(rule, those, picks)] == codes


def test_going_beyond_keeps_the_reason():
    cut = apply_rule(replace(TOP, overridable=True), standings(1, 2, 3), {"w3": "线下活动"})
    assert (cut.verdicts[2].outcome, cut.verdicts[2].reason) == ("in", "第 3 名，在前 2 名之外，主办单位增补：线下活动")


def test_passing_and_the_leaderboard():
    those = [Standing("a", None, passed=True), Standing("b", None), Standing("c", None, board=2)]
    assert told(Advance(kind="pass", source=""), those)[:2] == [("in", "资格审核通过"), ("out", "资格审核未通过")]
    board = Advance(kind="leaderboard", source="")
    assert told(board, those)[1:] == [("out", "不在榜单上"), ("open", "榜单第 2 名，待主办单位决定")]
    assert told(board, those, {"c": "前列"})[2] == ("in", "榜单第 2 名，主办单位决定晋级：前列")


def test_all_rules_of_a_round_apply():
    rules = [replace(PERCENT, percent=50), replace(TOP, count=1, categories=("art",))]
    those = [Standing("a", 1, "art"), Standing("b", 2, "art"), Standing("c", 3, "algorithm"), Standing("d", 4, "art")]
    assert advancing(rules, those).taken == ["a"]
    assert advancing([], those).taken == []


def test_the_real_edition_sends_35_of_each_category():
    (rule,) = next(
        r for r in parse(GUANGDONG.read_text(encoding="utf-8")).rulebook.rounds if r.code == "review"
    ).advance
    those = [Standing(f"{c}{n}", n, category=c) for c in "ABC" for n in range(1, 101)]
    assert [line.taken for line in apply_rule(rule, those).lines] == [35, 35, 35]


def test_interleaving_1320_to_1000():
    """Q18: 6 units of 70, 6 of 50, 20 of 30: all 32 units up to rank 30 (960), then 40 from twelve units."""
    sizes = [70] * 6 + [50] * 6 + [30] * 20
    lists = {f"u{n:02}": [f"u{n:02}-{rank}" for rank in range(1, size + 1)] for n, size in enumerate(sizes)}
    steps = interleave(lists, 1000)
    taken = [step for step in steps if step.taken]
    assert (len(steps), len(taken), steps == interleave(dict(reversed(lists.items())), 1000)) == (1320, 1000, True)
    assert [sum(step.unit == unit for step in taken) for unit in ("u00", "u03", "u04", "u11", "u31")] == [
        34,
        34,
        33,
        33,
        30,
    ]
    assert steps[1000].reason == "第 34 优先，依次为第 1001 个，超出总数上限 1000"
