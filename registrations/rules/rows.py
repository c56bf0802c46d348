"""One row of the 推荐申报表 (附件2): what its seven columns may hold (G19–G21)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.accounts.contacts import normalise_phone
from core.accounts.names import check_name, normal_text
from core.problems import Problem

from .naming import FORCE, NamingRule, fold, judge_name

EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


@dataclass(frozen=True)
class RowFacts:
    """A row as it would be stored: texts already normal."""

    name: str  # 姓名（参赛者/参赛队伍代表）
    team: str  # 参赛队伍名称; "" for an individual
    organisation: str  # 参赛者所在单位/学校院系; may be "" for a team
    phone: str  # E.164, or as typed if it could not be read
    categories: tuple[str, ...]  # codes, sorted
    track: str = ""  # code; preset by the unit's category
    recommender: str = ""  # 推荐单位 as typed; "" is the unit itself
    email: str = ""


def normal_phone(text: object) -> str:
    """A mobile number as E.164 (G20); what cannot be read comes back as typed, for the message."""
    typed = normal_text(text)
    try:
        return normalise_phone(unicodedata.normalize("NFKC", typed))
    except ValueError:
        return typed


def normal_categories(text: object, names: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The codes in `A,B` / `A、C` / `ABC` / `a/b` / full names (G21), sorted; unknown pieces come back as they are.

    names: code → what the category is called, in full and for short; the longest fitting one counts. A part of
    a name that one category alone has (小程序) stands for it; one that several have (领军人物) says nothing.
    """
    called = {code: [fold(name).upper() for name in spelt] for code, spelt in names.items()}
    rest = fold(normal_text(text)).upper()
    found: set[str] = set()
    vague: set[str] = set()
    for word, code in sorted(((word, code) for code, words in called.items() for word in words), key=_length):
        if word and word in rest:
            found.add(code)
            rest = rest.replace(word, " ")
    for piece in re.split(r"[\s,、;:/|+&和及.。（）\[\]类组-]+", rest):
        of = {code for code, words in called.items() if any(piece in word for word in words)} if piece[1:] else set()
        if piece and set(piece) <= names.keys():
            found.update(piece)
        elif len(of) == 1:
            found |= of
        elif piece:
            (vague if of else found).add(piece)
    return tuple(sorted(found or vague))


def _length(word: tuple[str, str]) -> int:
    """Longest first."""
    return -len(word[0])


def check_row(
    row: RowFacts, naming: NamingRule, categories: Mapping[str, str], unit_names: frozenset[str]
) -> list[Problem]:
    """Every problem of one row, by column; duplicates and places are judged over the whole form.

    categories: code → name. unit_names: folded full, team-name and former names of the unit (G20).
    """
    problems = [*check_name(row.name), *check_phone(row.phone)]
    if row.team:
        problems += judge_name(naming, row.team).problems
    elif not row.organisation:
        problems.append(Problem("row.who", "队伍请填参赛队伍名称，个人请填所在单位，两栏不能都空", "organisation"))
    if FORCE in row.organisation:
        problems.append(
            Problem(
                "organisation.is_team", "这里填所在单位；队伍名称请填到“参赛队伍名称”一栏", "organisation", "warning"
            )
        )
    if not row.categories:
        problems.append(Problem("categories.none", "报名类别至少选一项：A、B、C 可多选", "categories"))
    for code in row.categories:
        if code not in categories:
            known = "、".join(categories)
            problems.append(Problem("categories.unknown", f"没有“{code}”这个报名类别，请从 {known} 中选", "categories"))
    if row.email and not EMAIL.fullmatch(row.email):
        problems.append(
            Problem("email.form", "邮箱不完整或有多余的字，请改成像 name@example.com 的样子，或留空", "email")
        )
    if row.recommender and fold(row.recommender) not in unit_names:
        problems.append(
            Problem("recommender.other", "推荐单位应是本单位的全称、简称或曾用名，也可以留空", "recommender")
        )
    return problems


def check_phone(phone: str) -> list[Problem]:
    """A mainland, Hong Kong or Macau mobile number, always (G20)."""
    if not phone:
        return [Problem("phone.empty", "请填写参赛者本人的手机号", "phone")]
    try:
        normalise_phone(phone)
    except ValueError as wrong:
        return [Problem("phone.form", str(wrong), "phone")]
    return []
