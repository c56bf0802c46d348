"""Which name a stranger sees, and which one opens a certificate."""

import pytest

from awards.rules.verification import is_named
from awards.verification import masked

TEAM = "买买提·艾力、欧阳龑、李四（华南师范大学（石牌））"


@pytest.mark.parametrize(
    ("name", "personal", "shown"),
    [
        ("王芳", True, "王*"),
        ("王", True, "王"),
        ("甲一、乙二（某中学）", True, "甲*、乙*（某中学）"),
        ("买买提·艾力、欧阳龑", True, "买*****、欧**"),
        ("始兴县科学技术协会", False, "始兴县科学技术协会"),
    ],
)
def test_people_are_masked_and_units_are_not(name: str, personal: bool, shown: str) -> None:
    assert masked(name, personal=personal) == shown


@pytest.mark.parametrize("typed", ["李四", " 李　四", "欧阳龑", "买买提•艾力", "买买提・艾力", TEAM])
def test_any_one_of_a_team_opens_it(typed: str) -> None:
    assert is_named(typed, "买买提·艾力、欧阳龑、李四（华南师范大学）" if typed != TEAM else TEAM)


@pytest.mark.parametrize("typed", ["", " ", "李", "李四五", "四", "、", "华南师范大学", "李四、欧阳龑", "王*"])
def test_part_of_a_name_opens_nothing(typed: str) -> None:
    assert not is_named(typed, "买买提·艾力、欧阳龑、李四（华南师范大学）")


def test_a_unit_is_opened_by_its_whole_name() -> None:
    assert is_named("广东省科普协会（研究会）", "广东省科普协会（研究会）")
