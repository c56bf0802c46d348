"""A round of the real edition as the ranking's rules, and what the page says of it."""

from fractions import Fraction

import pytest

from judging.rules.ranking import explained
from judging.rules.rounds import rules_of
from tests.contest import GUANGDONG
from tracks.rulebook import parse

BOOK = parse(GUANGDONG.read_text(encoding="utf-8")).rulebook
ROUNDS = {found.code: found for found in BOOK.rounds}


def test_the_online_round():
    rules = rules_of(ROUNDS["review"], BOOK.rubrics[0])
    assert (rules.method, rules.k, rules.points_max) == ("severity_adjusted", 3, 100)
    assert {(c.weight, c.counts) for c in rules.criteria} == {(Fraction(50, 3), True)}
    assert rules.tie_chain == ("science", "originality", "earlier_submission", "organiser")


def test_the_final_mixes_two_panels():
    rules = rules_of(ROUNDS["final"], BOOK.rubrics[0])
    assert [(p.code, p.kind, p.weight, p.ballots_min) for p in rules.panels] == [
        ("expert", "expert", 70, None),
        ("public", "public", 30, 100),
    ]
    assert rules.normalise_panels


def test_a_criterion_may_be_left_out_of_the_total():
    rules = rules_of(ROUNDS["review"], BOOK.rubrics[0], left_out=frozenset({"audience"}))
    assert [c.code for c in rules.criteria if not c.counts] == ["audience"]
    assert "受众人数只评分、不计入总分。" in explained.steps_of(rules)


def test_the_final_is_told_in_words():
    said = explained.steps_of(rules_of(ROUNDS["final"], BOOK.rubrics[0]))
    assert said[3:6] == [
        "各评审团的权重：专家评审 70%，大众评审 30%。",
        "大众评审得分 = 得票 ÷ 有效票数 × 100；有效票不足 100 张时不计入，其余评审团按 100% 计。",
        "合成前换成同一尺度：各团得分减去该团均分、除以该团标准差，再乘以权重最大一团的标准差、加上它的均分。",
    ]
    assert said[-1].startswith(
        "得分相同时依次比较：内容科学性均分较高 → 内容原创性均分较高 → 提交较早 → 主办单位决定。"
    )


def test_a_round_without_scores_has_no_rules():
    with pytest.raises(ValueError, match="no aggregation"):
        rules_of(parse_round("qualification"), BOOK.rubrics[0])


def parse_round(kind):
    national = GUANGDONG.with_name("national-2024.toml").read_text(encoding="utf-8")
    return next(found for found in parse(national).rulebook.rounds if found.kind == kind)
