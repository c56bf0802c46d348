"""How teams are named (G13a–G15): recognised however typed, refused with the right name at hand."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import NamingRule, compose, judge_name
from registrations.rules.naming import typed_slots

VECTORS = Path(__file__).parents[1] / "data/naming_test_vectors.csv"
LABELS = {"entrant": "参赛单位名称", "society": "学会名称", "committee": "专委会名称", "team": "队伍名称"}
TEMPLATES = {
    "county_pilot": ("{entrant}科技志愿服务分队",),
    "county_other": ("{entrant}科技志愿服务分队",),
    "society": ("{entrant}科技志愿服务支队", "{society}科技志愿服务支队{committee}分队"),
    "university": ("{university}{team}科技志愿服务支队",),
    "base": ("{base}科技志愿服务支队",),
    "affiliate": ("{institution}科技志愿服务支队",),
}
OWN = {"society": "society", "university": "university", "base": "base", "affiliate": "institution"}  # category → slot


def rule(category: str, own: str, *, keep_brackets: bool = False) -> NamingRule:
    names = {OWN[category]: own} if category in OWN else {}
    return NamingRule(TEMPLATES[category], names, LABELS, "县（市、区）科协", keep_brackets)


COUNTY = rule("county_other", "始兴县科协")
SOCIETY = rule("society", "广东省机械工程学会")
UNIVERSITY = rule("university", "广州大学")


@pytest.mark.parametrize("vector", list(csv.DictReader(VECTORS.open(encoding="utf-8"))), ids=lambda v: v["typed_name"])
def test_vectors(vector):
    verdict = judge_name(rule(vector["category"], vector["recommending_unit"]), vector["typed_name"])
    stored = vector["stored_or_reason"] if vector["verdict"] == "ok" else ""
    assert (verdict.name, bool(verdict.problems)) == (stored, not stored)
    if stored:
        assert (verdict.option, [*verdict.slots.values()]) == (
            int(vector["option"]) - 1,
            [vector["typed_slot"]] * bool(vector["typed_slot"]),
        )


@pytest.mark.parametrize(
    ("naming", "typed", "code", "suggestion"),
    [
        (COUNTY, "（始兴县城南中学）科技志愿服务支队", "name.suffix", "始兴县城南中学科技志愿服务分队"),
        (COUNTY, "始兴县城南中学科技志愿服务队", "name.pattern", "始兴县城南中学科技志愿服务分队"),
        (COUNTY, "城南中学科技志愿服务队科技志愿服务分队", "name.slot_contains", "城南中学科技志愿服务分队"),
        (COUNTY, "科技志愿服务分队", "name.slot_empty", ""),
        (COUNTY, "", "name.slot_empty", ""),
        (
            SOCIETY,
            "广东省林学会科技志愿服务支队焊接分会分队",
            "name.own",
            "广东省机械工程学会科技志愿服务支队焊接分会分队",
        ),
        (SOCIETY, "广东省林学会科技志愿服务分队", "name.suffix", "广东省林学会科技志愿服务支队"),
        (UNIVERSITY, "智绘科普科技志愿服务支队", "name.pattern", "广州大学智绘科普科技志愿服务支队"),
        (UNIVERSITY, "（中山大学）（智绘科普）科技志愿服务支队", "name.own", "广州大学智绘科普科技志愿服务支队"),
        (UNIVERSITY, "（广州大学智绘科普）科技志愿服务支队", "name.pattern", "广州大学智绘科普科技志愿服务支队"),
        (UNIVERSITY, "广州大学智绘科普科技志愿服务分队", "name.suffix", "广州大学智绘科普科技志愿服务支队"),
        (rule("base", "东莞科学馆"), "广东科学中心科技志愿服务支队", "name.own", "东莞科学馆科技志愿服务支队"),
    ],
)
def test_wrong_names_come_with_the_right_one(naming, typed, code, suggestion):
    verdict = judge_name(naming, typed)
    assert ([p.code for p in verdict.problems], verdict.suggestion) == ([code], suggestion)
    if suggestion:  # 一键采用 leads to a name that is right
        assert judge_name(naming, suggestion).name == suggestion


@pytest.mark.parametrize(
    ("naming", "typed", "stored"),
    [
        (COUNTY, " 始兴县城南中学 ", "始兴县城南中学科技志愿服务分队"),
        (UNIVERSITY, "智绘科普", "广州大学智绘科普科技志愿服务支队"),
        (UNIVERSITY, "广州大学 智绘科普", "广州大学智绘科普科技志愿服务支队"),  # its own name is not doubled
        (COUNTY, "香港中文大学（深圳）附属中学", "香港中文大学（深圳）附属中学科技志愿服务分队"),
    ],
)
def test_a_bare_slot_is_completed(naming, typed, stored):
    assert judge_name(naming, typed).name == stored


def test_brackets_may_belong_to_the_name():
    naming = rule("university", "香港中文大学（深圳）", keep_brackets=True)
    kept = "（香港中文大学（深圳））（智绘）科技志愿服务支队"
    assert (judge_name(naming, kept).name, judge_name(naming, "香港中文大学（深圳）智绘科技志愿服务支队").name) == (
        kept,
        kept,
    )


# --- Any value, any spelling ---------------------------------------------------------------------------

PLAIN = st.text(st.sampled_from("始兴县城南中学AI实验室3龘·"), min_size=1, max_size=12)
SLOT = st.one_of(PLAIN, st.builds("{}（{}）{}".format, PLAIN, PLAIN, PLAIN))
RULES = st.sampled_from(
    [COUNTY, SOCIETY, UNIVERSITY, rule("university", "香港中文大学（深圳）"), rule("base", "东莞科学馆")]
)


@st.composite
def composed(draw):
    """A rule, one of its templates, and values for its slots."""
    naming = draw(RULES)
    option = draw(st.integers(0, len(naming.templates) - 1))
    return naming, option, {slot: draw(SLOT) for slot in typed_slots(naming, option)}


@st.composite
def spellings(draw):
    """The same, with the name as somebody may have typed it: slot brackets, half or full width, spaces anywhere."""
    naming, option, slots = draw(composed())
    values = {**slots, **naming.own}
    marks = {slot: draw(st.sampled_from(["{}", "（{}）", "({})"])).format(value) for slot, value in values.items()}
    name = naming.templates[option].format(**marks)
    full = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
    letters = [c.translate(full) if draw(st.booleans()) else c for c in name]
    return naming, option, slots, "".join(c + draw(st.sampled_from(["", "", "", " ", "\u3000", "\t"])) for c in letters)


@given(composed())
def test_what_is_composed_is_recognised(case):
    naming, option, slots = case
    name = compose(naming, option, slots)
    verdict = judge_name(naming, name)
    assert (verdict.name, verdict.option, dict(verdict.slots), verdict.problems) == (name, option, slots, ())


@given(spellings())
def test_every_spelling_is_stored_alike(case):
    naming, option, slots, typed = case
    assert judge_name(naming, typed).name == compose(naming, option, slots)


@given(RULES, st.text(max_size=30))
def test_any_text_gets_a_verdict(naming, typed):
    verdict = judge_name(naming, typed)
    assert bool(verdict.name) != bool(verdict.problems)
    assert not verdict.name or judge_name(naming, verdict.name).name == verdict.name
    assert not verdict.suggestion or judge_name(naming, verdict.suggestion).problems == ()
