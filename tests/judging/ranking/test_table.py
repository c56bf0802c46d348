"""From sheets to ranks: totals, panels, the tie chain, and what the log says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from judging.rules.ranking import (
    Criterion,
    Inputs,
    Panel,
    Rules,
    Sheet,
    Tally,
    Work,
    digest_of,
    inputs_from,
    rank,
    result_of,
    text_of,
)

D = Decimal
DAY = datetime(2025, 8, 1, tzinfo=UTC)
CRITERIA = tuple(
    Criterion(code, name, Fraction(50, 3))
    for code, name in (
        ("science", "科学性"), ("ai_skill", "AI 技能"), ("audience", "受众"),
        ("response", "反响"), ("originality", "原创性"), ("lawful", "合规性"),
    )
)  # fmt: skip
CHAIN = ("science", "originality", "earlier_submission", "organiser")
EXPERTS, PUBLIC = Panel("expert", "专家", weight=Fraction(70)), Panel("public", "大众", "public", Fraction(30), 100)
RULES = Rules("mean", CRITERIA, tie_chain=CHAIN)
FINAL = Rules("trimmed_mean", CRITERIA, (EXPERTS, PUBLIC), normalise_panels=True, tie_chain=CHAIN)


def sheet(work, judge, *marks, **facts):
    """Six marks, or one for all six."""
    given = marks * 6 if len(marks) == 1 else marks
    return Sheet(work, judge, {c.code: D(mark) for c, mark in zip(CRITERIA, given, strict=True)}, **facts)


def inputs(*sheets, rules=RULES, **facts):
    codes = sorted({one.work for one in sheets})
    works = tuple(Work(code, DAY + timedelta(days=n)) for n, code in enumerate(codes))
    return Inputs(rules, facts.pop("works", works), sheets, **facts)


def told(ranking):
    return [(row.rank, row.work, row.score) for row in ranking.rows]


def test_thirds_of_halves_add_up_exactly():
    ranking = rank(inputs(sheet("A", "1", 80, 81, 82, 83, 84, 85), sheet("B", "1", 100)))
    assert told(ranking) == [(1, "B", 100), (2, "A", D("82.5"))]


def test_a_total_is_rounded_half_up_to_four_places():
    assert told(rank(inputs(sheet("A", "1", 80, 80, 80, 80, 80, 81))))[0][2] == D("80.1667")


def test_a_criterion_that_does_not_count_stays_out_of_the_total_and_may_part_ties():
    criteria = (*CRITERIA[:4], *(Criterion(c.code, c.name, c.weight, counts=False) for c in CRITERIA[4:]))
    rules = Rules("mean", criteria, tie_chain=("originality",))
    ranking = rank(inputs(sheet("A", "1", 80, 80, 80, 80, 10, 0), sheet("B", "1", 80, 80, 80, 80, 90, 0), rules=rules))
    assert told(ranking) == [(1, "B", 80), (2, "A", 80)]


def test_abstentions_and_withdrawn_works_count_nowhere():
    both = (sheet("A", "1", 80), Sheet("A", "2", abstained=True), sheet("gone", "1", 99))
    assert told(rank(inputs(*both, works=(Work("A"),)))) == [(1, "A", 80)]


def test_a_work_without_score_has_no_rank_and_says_why():
    ranking = rank(inputs(sheet("A", "1", 80), Sheet("B", "1", abstained=True)))
    assert [(row.rank, row.work, row.why) for row in ranking.rows] == [(1, "A", ""), (None, "B", "缺少专家评审的评分")]
    assert [note.code for note in ranking.notes] == ["unranked"]


# --- Ties ----------------------------------------------------------------------------------------------------


def test_the_chain_is_followed_and_logged():
    """A, B, C, D have 80 each: B by science; then C by originality; then A before D by submission."""
    tied = (
        sheet("A", "1", 80, 80, 80, 80, 80, 80),
        sheet("B", "1", 81, 79, 80, 80, 80, 80),
        sheet("C", "1", 80, 80, 80, 79, 81, 80),
        sheet("D", "1", 80, 80, 80, 80, 80, 80),
    )
    ranking = rank(inputs(*tied))
    assert [(row.rank, row.work) for row in ranking.rows] == [(1, "B"), (2, "C"), (3, "A"), (4, "D")]
    (tie,) = ranking.ties
    assert [(step.key, step.groups) for step in tie.steps] == [
        ("science", (("B",), ("A", "C", "D"))),
        ("originality", (("B",), ("C",), ("A", "D"))),
        ("earlier_submission", (("B",), ("C",), ("A",), ("D",))),
    ]
    assert tie.steps[0].values == {"A": "80.0000", "B": "81.0000", "C": "80.0000", "D": "80.0000"}
    assert (tie.rank, tie.settled, tie.waits) == (1, True, False)


def test_at_the_end_of_the_chain_the_organiser_decides():
    works = (Work("A", DAY), Work("B", DAY), Work("C", DAY))
    given = inputs(sheet("A", "1", 80), sheet("B", "1", 80), sheet("C", "1", 70), works=works)
    open_ = rank(given)
    assert [(row.rank, row.work, row.shared) for row in open_.rows] == [(1, "A", True), (1, "B", True), (3, "C", False)]
    assert (open_.ties[0].settled, open_.ties[0].waits) == (False, True)
    decided = rank(Inputs(given.rules, works, given.sheets, decided=(("B", "A"),)))
    assert ([(row.rank, row.work) for row in decided.rows[:2]], decided.ties[0].waits) == ([(1, "B"), (2, "A")], False)


def test_a_step_that_does_not_know_all_parts_nobody():
    works = (Work("A", DAY), Work("B"))
    ranking = rank(inputs(sheet("A", "1", 80), sheet("B", "1", 80), works=works))
    assert [row.rank for row in ranking.rows] == [1, 1]


# --- Panels (Q13, Q29) -----------------------------------------------------------------------------------------


def final(votes: dict[str, int], ballots: int, *, rules=FINAL):
    sheets = [sheet(w, f"j{n}", mark) for w, mark in (("A", 90), ("B", 80), ("C", 70)) for n in range(5)]
    return rank(inputs(*sheets, rules=rules, tallies=(Tally("public", ballots, votes),)))


def test_each_panel_is_normalised_before_the_mix():
    """Experts 90 80 70; votes of 100: C 100 %, B 50 %, A 0 %: on the experts' scale 70, 80, 90 → 84, 80, 76."""
    ranking = final({"C": 100, "B": 50}, 100)
    assert told(ranking) == [(1, "A", 84), (2, "B", 80), (3, "C", 76)]
    assert ranking.rows[0].panels == {"expert": 90, "public": 0}


def test_unnormalised_points_are_mixed_as_they_are():
    rules = Rules("mean", CRITERIA, (EXPERTS, PUBLIC))
    assert told(final({"C": 100, "B": 50}, 100, rules=rules)) == [(1, "C", 79), (2, "B", 71), (3, "A", 63)]


@pytest.mark.parametrize("ballots", [0, 99])
def test_few_ballots_leave_the_experts_alone(ballots):
    ranking = final({"C": ballots}, ballots)
    assert (told(ranking), ranking.weights) == (
        [(1, "A", 90), (2, "B", 80), (3, "C", 70)],
        {"expert": 100, "public": 0},
    )
    assert ranking.notes[0].message == f"大众收到有效票 {ballots} 张，不足 100 张，不计入，其余评审团按 100% 计"


def test_a_public_that_likes_all_alike_changes_nothing():
    ranking = final(dict.fromkeys("ABC", 50), 100)
    assert [row.work for row in ranking.rows] == ["A", "B", "C"]
    assert ranking.notes[0].code == "panel_flat"


def test_a_work_that_a_counting_panel_did_not_score_has_no_rank():
    rules = Rules("mean", CRITERIA, (EXPERTS, Panel("second", "第二团", weight=Fraction(30))))
    sheets = (sheet("A", "1", 80), sheet("B", "1", 80), sheet("A", "2", 80, panel="second"))
    assert [(row.rank, row.work, row.why) for row in rank(inputs(*sheets, rules=rules)).rows] == [
        (1, "A", ""),
        (None, "B", "缺少第二团的评分"),
    ]


# --- Inputs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (inputs(sheet("A", "1", 101)), "应在 0 到 100 之间"),
        (inputs(Sheet("A", "1", {"science": D(80)})), "评委 1 对作品 A 的评分缺“ai_skill、"),
        (inputs(sheet("A", "1", 80), sheet("A", "1", 81)), "评委 1 对作品 A 有两份评分"),
        (inputs(sheet("A", "1", 80), works=(Work("A"), Work("A"))), "作品 A 出现了两次"),
        (inputs(sheet("A", "1", 80, panel="other")), "本轮没有的评审团“other”"),
        (inputs(sheet("A", "1", 80), rules=Rules("median", CRITERIA)), "没有“median”这种算法"),
        (inputs(rules=Rules("mean", CRITERIA, tie_chain=("beauty",))), "“beauty”不是评审要点"),
        (inputs(rules=Rules("mean", CRITERIA, (Panel("e", "专家", weight=Fraction(0)),))), "权重合计应大于 0"),
        (inputs(rules=FINAL, tallies=(Tally("public", 5, {"A": 6}),)), "作品 A 得 6 票"),
    ],
)
def test_contradictions_are_told(wrong, said):
    with pytest.raises(ValueError, match=said):
        rank(wrong)


def many(seed: int) -> Inputs:
    dice = Random(seed)
    sheets = [sheet(f"w{n:02}", f"j{j}", *(dice.randint(60, 99) for _ in range(6)))
              for n in range(20) for j in dice.sample(range(9), 5)]  # fmt: skip
    rules = Rules("severity_adjusted", CRITERIA, (EXPERTS, PUBLIC), normalise_panels=True, tie_chain=CHAIN)
    votes = {f"w{n:02}": dice.randint(0, 300) for n in range(20)}
    return inputs(*sheets, rules=rules, tallies=(Tally("public", 300, votes),), decided=(("w01", "w02"),))


def test_the_frozen_text_brings_back_the_same_ranking():
    given = many(1)
    again = inputs_from(text_of(given))
    assert (text_of(again), result_of(rank(again))) == (text_of(given), result_of(rank(given)))


def test_the_hash_is_one_for_every_order_and_another_for_every_change():
    given = many(1)
    turned = Inputs(given.rules, given.works[::-1], given.sheets[::-1], given.tallies, given.decided)
    fewer = Inputs(given.rules, given.works, given.sheets[1:], given.tallies, given.decided)
    assert digest_of(turned) == digest_of(given) != digest_of(fewer)
    assert result_of(rank(turned)) == result_of(rank(given))
