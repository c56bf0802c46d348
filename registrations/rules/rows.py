"""One row of the 推荐申报表 (附件2): what its seven columns may hold (G19–G21)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from core.accounts.contacts import normalise_phone
from core.problems import Problem

from .naming import FORCE, NamingRule, fold, judge_name

NAME_LENGTH = range(2, 31)
# Letters of any script, combining marks, the middle dot of minority names, and spaces inside foreign names.
NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·•.\- ']|[\U00020000-\U0003FFFF])*")


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


def normal_text(text: object) -> str:
    """A cell's text: NFC, control characters dropped, white space folded and trimmed."""
    kept = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", str(text or "")))
    kept = "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return re.sub(r" +", " ", kept).strip()


def normal_name(text: object) -> str:
    """A person's name: as `normal_text`, one kind of middle dot, no spaces between Chinese characters."""
    name = normal_text(text).replace("•", "·").replace("・", "·").replace("‧", "·")
    return re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", name)


def normal_phone(text: object) -> str:
    """A mobile number as E.164 (G20); what cannot be read comes back as typed, for the message."""
    typed = unicodedata.normalize("NFKC", normal_text(text))
    try:
        return normalise_phone(typed)
    except ValueError:
        return typed


def normal_categories(text: object, names: Mapping[str, str]) -> tuple[str, ...]:
    """The codes in `A,B` / `A、C` / `ABC` / `a/b` / full names (G21), sorted; unknown pieces come back as they are.

    names: code → the category's full name.
    """
    rest = fold(str(text or "")).upper()
    found: set[str] = set()
    for code, name in names.items():
        for form in (f"{code}.{name}", f"{code}{name}", name):
            folded = fold(form).upper()
            if folded and folded in rest:
                found.add(code)
                rest = rest.replace(folded, " ")
    for piece in re.split(r"[\s,，、;；/／|+和及.。]+", rest):
        if piece and set(piece) <= names.keys():
            found.update(piece)
        elif piece:
            found.add(piece)
    return tuple(sorted(found))


def check_row(row: RowFacts, naming: NamingRule, categories: Mapping[str, str], unit_names: frozenset[str]) -> list[Problem]:
    """Every problem of one row, by column; duplicates and places are judged over the whole form.

    categories: code → name. unit_names: folded full, team-name and former names of the unit (G20).
    """
    problems = [*check_name(row.name), *check_phone(row.phone)]
    if row.team:
        problems += judge_name(naming, row.team).problems
    elif not row.organisation:
        problems.append(
            Problem("row.who", "队伍请填参赛队伍名称，个人请填所在单位，两栏不能都空", "organisation")
        )
    if FORCE in row.organisation:
        problems.append(
            Problem("organisation.is_team", "这里填所在单位；队伍名称请填到“参赛队伍名称”一栏", "organisation", "warning")
        )
    if not row.categories:
        problems.append(Problem("categories.none", "报名类别至少选一项：A、B、C 可多选", "categories"))
    for code in row.categories:
        if code not in categories:
            known = "、".join(categories)
            problems.append(Problem("categories.unknown", f"没有“{code}”这个报名类别，请从 {known} 中选", "categories"))
    if row.recommender and fold(row.recommender) not in unit_names:
        problems.append(
            Problem("recommender.other", "推荐单位应是本单位的全称、简称或曾用名，也可以留空", "recommender")
        )
    return problems


def check_name(name: str) -> list[Problem]:
    """Names as on the ID: rare characters and minority names with `·` are fine."""
    if not name:
        return [Problem("name.empty", "请填写姓名，要与身份证一致", "name")]
    if len(name) not in NAME_LENGTH or not NAME.fullmatch(name):
        return [Problem("name.form", "姓名只能有文字和间隔号“·”，2 到 30 个字，请与身份证一致", "name")]
    return []


def check_phone(phone: str) -> list[Problem]:
    """A mainland, Hong Kong or Macau mobile number, always (G20)."""
    if not phone:
        return [Problem("phone.empty", "请填写参赛者本人的手机号", "phone")]
    try:
        normalise_phone(phone)
    except ValueError as wrong:
        return [Problem("phone.form", str(wrong), "phone")]
    return []
