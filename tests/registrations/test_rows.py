"""What the columns of one row may hold (G19–G21)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.names import check_name, normal_name
from registrations.rules import NamingRule, RowFacts, check_row, normal_categories, normal_phone, normal_text
from registrations.rules.rows import check_phone

CATEGORIES = {
    "A": "广东省 AI 科普传播领军人物/领军队伍奖",
    "B": "广东省 AI 科普编程领军人物/领军队伍奖",
    "C": "科普研学",
}
CALLED = {code: (name, short) for (code, name), short in zip(CATEGORIES.items(), ("传播", "编程", "研学"), strict=True)}
NAMING = NamingRule(("{entrant}科技志愿服务分队",), {}, {"entrant": "参赛单位名称"})
UNIT_NAMES = frozenset({"韶关市始兴县科学技术协会", "始兴县科协", "始兴县科普协会"})
TEAM = "始兴县城南中学科技志愿服务分队"


def codes(**columns: object) -> list[str]:
    right = {"name": "王小芳", "team": TEAM, "organisation": "", "phone": "+8613800138000", "categories": ("A",)}
    return [p.code for p in check_row(RowFacts(**right | columns), NAMING, CATEGORIES, UNIT_NAMES)]


@pytest.mark.parametrize(
    ("team", "organisation", "problems"),
    [
        (TEAM, "", []),  # a team
        ("", "城南中学", []),  # an individual
        (TEAM, "城南中学", []),  # a team with its organisation
        ("", "", ["row.who"]),
        ("", TEAM, ["organisation.is_team"]),
        ("城南中学科技志愿服务支队", "", ["name.suffix"]),
    ],
)
def test_who_takes_part(team, organisation, problems):
    assert codes(team=team, organisation=organisation) == problems


@pytest.mark.parametrize(
    ("column", "value", "problems"),
    [
        ("name", "", ["name.empty"]),
        ("phone", "", ["phone.empty"]),
        ("phone", "12345", ["phone.form"]),
        ("categories", (), ["categories.none"]),
        ("categories", ("A", "C"), []),
        ("categories", ("A", "D"), ["categories.unknown"]),
        ("recommender", "", []),
        ("recommender", "始兴县科协", []),
        ("recommender", "韶关市 始兴县科学技术协会", []),
        ("recommender", "始兴县科普协会", []),  # a former name
        ("recommender", "仁化县科协", ["recommender.other"]),
        ("email", "", []),
        ("email", "a@example.test", []),
        ("email", "a@example", ["email.form"]),
    ],
)
def test_columns(column, value, problems):
    assert codes(**{column: value}) == problems


def test_every_problem_is_told_at_once():
    assert codes(name="", phone="1", team="", categories=()) == [
        "name.empty",
        "phone.form",
        "row.who",
        "categories.none",
    ]


def test_a_team_in_the_wrong_column_is_only_a_warning():
    (problem,) = check_row(RowFacts("王小芳", "", TEAM, "+8613800138000", ("A",)), NAMING, CATEGORIES, UNIT_NAMES)
    assert (problem.blocks, problem.field) == (False, "organisation")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王小芳", "王小芳"),
        (" 王 芳 ", "王芳"),
        ("王\u200b芳\ufeff", "王芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("王龘", "王龘"),
        ("𠮷田", "𠮷田"),
        ("刘\U00031350", "刘\U00031350"),  # Unicode 15, newer than this Python
        ("\U00031350明", "\U00031350明"),
        ("〇甲", "〇甲"),
        ("葛\U000e0100明", "葛\U000e0100明"),  # an ideographic variation
        ("Nguyễn Văn", "Nguyễn Văn"),
        ("J. R. Smith", "J. R. Smith"),
    ],
)
def test_names_that_people_have(typed, kept):
    name = normal_name(typed)
    assert (name, check_name(name)) == (kept, [])


@pytest.mark.parametrize(
    "typed", ["王", "王1", "王②", "13800138000", "·王", "王芳、李明", "王" * 31, "王\ue815", "=王芳", "王芳🙂"]
)
def test_what_is_no_name(typed):
    assert [p.code for p in check_name(normal_name(typed))] == ["name.form"]


@pytest.mark.parametrize(
    "typed",
    [
        *("13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "8613800138000", "0086 13800138000"),
        *("１３８００１３８０００", "\u202d13800138000\u202c", 13800138000),
    ],
)
def test_mainland_numbers(typed):
    assert normal_phone(typed) == "+8613800138000"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+852 5123 4567", "+85251234567"), ("00852 51234567", "+85251234567"), ("+853 6612 3456", "+85366123456")],
)
def test_hong_kong_and_macau_numbers(typed, kept):
    assert (normal_phone(typed), check_phone(kept)) == (kept, [])


@pytest.mark.parametrize(
    "typed",
    [
        *("1380013800", "138001380001", "020-84110000", "51234567", "+1 555 123 4567", "13800138000转5", "无"),
        *("1380013ABCD", "13800138000;13800138001", "13800138000/13800138001"),  # nothing is dropped in silence
    ],
)
def test_what_is_no_mobile_number_stays_as_typed(typed):
    assert (normal_phone(typed), [p.code for p in check_phone(normal_phone(typed))]) == (typed, ["phone.form"])


@pytest.mark.parametrize("typed", ["1.38E+10", "1.38001e+10"])
def test_a_number_that_excel_shortened_says_how_to_get_it_back(typed):
    (problem,) = check_phone(normal_phone(typed))
    assert (problem.code, "科学计数" in problem.message) == ("phone.form", True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("A,B", ("A", "B")),
        ("A、C", ("A", "C")),
        ("CBA", ("A", "B", "C")),
        ("a/b", ("A", "B")),
        ("\uff21；\uff23", ("A", "C")),
        ("A B", ("A", "B")),
        ("A（传播）", ("A",)),
        ("A.传播、B.编程", ("A", "B")),
        ("B类", ("B",)),
        ("传播 研学", ("A", "C")),
        ("广东省AI科普传播领军人物/领军队伍奖", ("A",)),
        ("A.广东省 AI 科普传播领军人物/领军队伍奖\nB.广东省 AI 科普编程领军人物/领军队伍奖", ("A", "B")),
        ("A,A", ("A",)),
        ("A,D", ("A", "D")),  # the unknown piece comes back, to be named
        ("", ()),
        (None, ()),
    ],
)
def test_categories_as_people_write_them(typed, found):
    assert normal_categories(typed, CALLED) == found


@given(st.text())
def test_normal_texts_stay_normal(text):
    assert [f(f(text)) for f in (normal_text, normal_name, normal_phone)] == [
        f(text) for f in (normal_text, normal_name, normal_phone)
    ]
