"""Who may not judge what: by organisation, branch, former name, person and declaration."""

import pytest

from judging.rules.conflicts import (
    Declared,
    EntryFacts,
    JudgeFacts,
    Organisation,
    Person,
    Register,
    all_conflicts,
    conflicts_of,
)

REGISTER = Register(
    [
        Organisation("u1", frozenset({"深圳市龙岗区科学技术协会", "深圳市龙岗区科协"})),
        Organisation("u2", frozenset({"华南科普研究院", "华南科普研究所", "华南科普院"})),
        Organisation("u3", frozenset({"珠江展教部"}), parent="u2"),
    ]
)
SOMEBODY = Person("王演示")


def codes(judge, entry, *declared):
    return [conflict.code for conflict in conflicts_of(judge, entry, REGISTER, declared)]


def at(*names, units=()):
    return JudgeFacts("j", SOMEBODY, frozenset(names), frozenset(units))


def of(*names, units=(), **people):
    return EntryFacts("w", frozenset(names), frozenset(units), **people)


@pytest.mark.parametrize(
    ("judge", "entry", "found"),
    [
        (at("广州大学"), of("广州大学"), ["organisation"]),
        (at("广州大学"), of("广州 大学（本部）"), ["branch"]),
        (at("龙岗区实验学校"), of("（龙岗区实验学校）"), ["organisation"]),
        (at("深圳市龙岗区科协"), of(units={"u1"}), ["organisation"]),
        (at(units={"u1"}), of("深圳市龙岗区科学技术协会"), ["organisation"]),
        (at("某市科学技术协会"), of("某市科协"), ["organisation"]),
        (at("华南科普研究所"), of("华南科普研究院"), ["organisation"]),  # its former name
        (at("华南科普院"), of(units={"u3"}), ["branch"]),  # the register's branch
        (at("珠江展教部"), of("华南科普研究所"), ["branch"]),
        (at("中山大学"), of("中山大学附属第一医院"), ["branch"]),
        (at("中山大学附属第一医院"), of("中山大学"), ["branch"]),
        (at("广州大学"), of("广州大学城第三中学"), []),
        (at("广州大学"), of("深圳大学"), []),
        (at("广东"), of("广东省科学院"), []),  # no organisation's name
        (at(), of(), []),
    ],
)
def test_organisations(judge, entry, found):
    assert codes(judge, entry) == found


@pytest.mark.parametrize("role", ["members", "instructors", "guardians"])
@pytest.mark.parametrize(
    ("judge", "person", "sure"),
    [
        (Person("李演示", "key1"), Person("李演示", "key1"), [True]),
        (Person("李演示", "key1"), Person("李 演示"), [False]),
        (Person("李演示"), Person("李演示", "key1"), [False]),
        (Person("李演示", "key1"), Person("李演示", "key2"), []),  # a namesake
        (Person("李演示", "key1"), Person("陈演示", "key1"), [True]),  # one phone, one household
        (Person("李演示", "key1"), Person("陈演示", "key2"), []),
    ],
)
def test_people(role, judge, person, sure):
    found = conflicts_of(JudgeFacts("j", judge), of(**{role: (person,)}), REGISTER)
    assert [(conflict.code, conflict.sure) for conflict in found] == [(role[:-1], one) for one in sure]


def test_declared_by_either_side_and_only_for_that_work():
    told = (Declared("j", "w", "judge", "师生"), Declared("j", "w", "contact"), Declared("j", "other"))
    found = conflicts_of(at(), of(), REGISTER, told)
    assert [(one.code, one.reason) for one in found] == [
        ("declared_judge", "评委本人申报回避：师生"),
        ("declared_contact", "赛道联系人申报回避"),
    ]


def test_all_pairs_at_once_say_the_same_as_one_by_one():
    judges = [JudgeFacts(f"j{n}", Person(f"评委{n}", f"p{n}"), frozenset({f"第{n}中学"})) for n in range(6)]
    entries = [
        EntryFacts(f"w{n}", frozenset({f"第{n % 4}中学"}), members=(Person("某", f"p{n % 5}"),)) for n in range(9)
    ]
    told = [Declared("j5", "w8")]
    single = [c for judge in judges for entry in entries for c in conflicts_of(judge, entry, REGISTER, told)]
    assert all_conflicts(judges, entries, REGISTER, told) == single
    assert len(single) == 9 + 9 + 1
