"""Names of the entry, however they are written; and what only looks like one."""

import pytest

from registrations.rules.leaks import MAX_LEAKS, Identity, Person, Place, find_leaks, masked

ENTRY = Identity(
    people=(
        Person("张小明", "+8613800138001", "zhang.xm88@example.test"),
        Person("高明"),
        Person("刘伟"),
        Person("阿依古丽·买买提"),
        Person("吕雪"),
        Person("Chan Tai Man"),
    ),
    organisations=(
        "韶关市始兴县城南中学",
        "广州市第六中学",
        "华南师范大学附属中学",
        "始兴县城南中学科技志愿服务分队",
        "韶关市始兴县科学技术协会",
        "广州大学 计算机学院",
        "无",
    ),
)


def found(text, where="text", identity=ENTRY):
    return [(leak.whose, leak.strength) for leak in find_leaks(identity, [Place(where, "正文", text)])]


@pytest.mark.parametrize(
    "text",
    [
        "作者张小明", "张 小 明", "张　小明", "张·小·明", "张_小_明",
        "张\u200b小\u200b明", "張小明", "张\n小明", "Zhang Xiaoming", "XIAOMING ZHANG",
        "zhang xiao-ming", "ＺｈａｎｇＸｉａｏｍｉｎｇ",
    ],
)  # fmt: skip
def test_a_name_is_found_in_every_guise(text):
    assert found(text) == [("张小明", "strong")]


@pytest.mark.parametrize(("text", "whose"), [
    ("劉偉 2024", "刘伟"), ("阿依古丽的画", "阿依古丽·买买提"), ("阿依古丽.买买提", "阿依古丽·买买提"),
    ("by Chan, Tai-Man", None),
    ("Tai Man Chan", "Chan Tai Man"),
])  # fmt: skip
def test_other_names(text, whose):
    assert [name for name, _ in found(text)] == ([whose] if whose else [])


@pytest.mark.parametrize(("text", "strength"), [
    ("用高明的办法", "weak"), ("这是最高明之处", "weak"), ("指导老师：高明", "strong"), ("高明 绘", "strong"),
    ("高明同学提出", "strong"),
    ("配音由高明完成", "strong"),
])  # fmt: skip
def test_a_name_that_is_a_word_counts_where_it_stands_as_a_name(text, strength):
    assert found(text) == [("高明", strength)]


@pytest.mark.parametrize(("name", "expected"), [
    ("zhangxiaoming_final.mp4", [("张小明", "strong")]),
    ("研学课程-zxm.pdf", [("张小明", "weak")]),
    ("zhang_xm_v2.docx", [("张小明", "weak")]),
    ("lvxue.png", [("吕雪", "weak")]),
    ("lyu_xue.png", [("吕雪", "weak")]),
    ("zhang.xm88 course.pdf", [("张小明", "weak"), ("z***@example.test", "weak")]),
    ("guangzhoudaxue.zip", [("广州大学 计算机学院", "strong")]),
    ("maximum-zxmq.png", []),
])  # fmt: skip
def test_file_names(name, expected):
    assert found(name, "file_name") == expected


@pytest.mark.parametrize(("text", "whose", "strength"), [
    ("我校始兴县城南中学", "韶关市始兴县城南中学", "strong"),
    ("始兴城南中学", "韶关市始兴县城南中学", "strong"),
    ("城南中学", "韶关市始兴县城南中学", "weak"),
    ("广州六中的同学", "广州市第六中学", "strong"),
    ("华师大附中", None, ""),
    ("华南师大附中", "华南师范大学附属中学", "strong"),
    ("始兴县科协", "韶关市始兴县科学技术协会", "strong"),
    ("广州大学的湖", "广州大学 计算机学院", "strong"),
    ("第一中学和科学技术协会", "韶关市始兴县科学技术协会", "weak"),
    ("有无相生", None, ""),
])  # fmt: skip
def test_schools_and_units(text, whose, strength):
    assert found(text) == ([(whose, strength)] if whose else [])


def test_phone_and_mailbox_are_found_and_masked():
    leaks = find_leaks(ENTRY, [Place("text", "正文", "电话 138-0013-8001，邮箱 ZHANG.XM88@example.test")])
    assert [leak.whose for leak in leaks if leak.what != "person"] == ["138****8001", "z***@example.test"]
    assert not any("0013" in leak.excerpt or "XM88" in leak.excerpt.upper() for leak in leaks)


def test_a_number_is_masked_before_the_excerpt_is_cut():
    assert "13800138" not in find_leaks(ENTRY, [Place("text", "正文", f"张小明{'，' * 15}13800138002")])[0].excerpt


@pytest.mark.parametrize("text", ["电话13800138000", "a@b.example"])
def test_masking_keeps_the_length(text):
    assert len(masked(text)) == len(text)
    assert masked(text) != text


def test_the_same_in_one_place_is_counted():
    (leak,) = find_leaks(Identity((Person("高明"),)), [Place("text", "正文", "高明的，高明的，作者：高明")])
    assert (leak.count, leak.strength, leak.how) == (3, "strong", "姓名")


@pytest.mark.parametrize(
    "name", ["", "张", ".*(", "(((((", "[a-z]+", "\\", "张" * 5000, "a", "()（）", "·", "﷽", "\u202e"]
)
def test_a_hostile_name_finds_nothing_and_breaks_nothing(name):
    identity = Identity((Person(name, name, name),), (name,))
    assert find_leaks(identity, [Place("text", "正文", "普通的一段文字，abc 123")]) == []


@pytest.mark.parametrize(
    "text", ["张 " * 50_000, "zhang " * 30_000, "138" * 50_000, "@" * 50_000, "广州市" * 50_000, "a@" * 30_000]
)
def test_hostile_texts_take_no_endless_time(text):
    assert len(find_leaks(ENTRY, [Place("text", "正文", text)])) <= 3


def test_the_strong_come_first_and_the_list_ends():
    places = [Place("text", f"第{n}页", "高明的" if n % 2 else "张小明") for n in range(300)]
    leaks = find_leaks(ENTRY, places)
    assert len(leaks) == MAX_LEAKS
    assert [leak.strength for leak in leaks[149:151]] == ["strong", "weak"]


def test_an_innocent_text_is_left_alone():
    text = "本课程面向小学高年级，用三维动画介绍光合作用。The model learns from images; see Lian 2024, page 13."
    assert found(text) == []
