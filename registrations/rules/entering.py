"""When an entry may be made and changed, what it must hold, and what a person can be in only once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.accounts.names import check_name
from core.problems import Problem
from tracks.rulebook.contest import Track

TEAM_NAME_LENGTH = range(2, 61)
ORGANISATION_LENGTH = 100
# These texts stand in mails and text messages that go to other people: no addresses, no markup.
NOT_PLAIN = re.compile(r"[<>{}\\]|://|\bwww\.|[a-z0-9]\.(?:com|cn|net|org|top|xyz|cc|vip)\b", re.IGNORECASE)


@dataclass(frozen=True)
class EntryFacts:
    """An entry as it would be stored: texts already normal."""

    kind: str  # individual, team
    team_name: str
    organisation: str
    categories: tuple[str, ...]  # codes, sorted
    representative: str  # real name
    recommended: bool  # its team name was judged by the naming rules of its unit


def check_entry(entry: EntryFacts, track: Track, categories: Mapping[str, str], several: bool = True) -> list[Problem]:
    """What an entry's own form must say (G3, G16, G18, G24); people and eligibility are judged apart.

    categories: code → name, of those open to this track and kind. several: may one entry name more than one?
    """
    problems = [replace(problem, field="representative") for problem in check_name(entry.representative)]
    if entry.kind not in track.entrants:
        problems.append(Problem("entry.kind", f"{track.short_name}不接受这种参赛形式，请换一种", "kind"))
    if entry.kind == "team" and not entry.recommended and len(entry.team_name) not in TEAM_NAME_LENGTH:
        problems.append(Problem("entry.team_name", "请填写队伍名称，2 到 60 个字", "team_name"))
    if entry.kind == "individual" and not entry.organisation:
        problems.append(Problem("entry.organisation", "请填写所在单位或学校院系；没有单位的填“无”", "organisation"))
    if len(entry.organisation) > ORGANISATION_LENGTH:
        words = f"单位名称太长，请写全称，不超过 {ORGANISATION_LENGTH} 个字"
        problems.append(Problem("entry.organisation", words, "organisation"))
    if not entry.categories:
        problems.append(Problem("categories.none", "报名类别至少选一项", "categories"))
    if len(entry.categories) > 1 and not several:
        problems.append(Problem("categories.one", "一份报名只能选一个类别；另一个类别请另外报名", "categories"))
    problems += [
        Problem(f"entry.{field}", f"{label}只写名称，不要写网址，也不要用 < > {{ }} 这些符号", field)
        for field, label in (("team_name", "队伍名称"), ("organisation", "单位"))
        if NOT_PLAIN.search(getattr(entry, field))
    ]
    problems += [
        Problem("categories.unknown", f"“{code}”类不在这条赛道的报名范围，请重新选择", "categories")
        for code in entry.categories
        if code not in categories
    ]
    return problems


def fixed_fields(state: str, *, recommended: bool) -> frozenset[str]:
    """What of an entry can no longer be chosen anew: what a unit recommended, and what a contact judges it by."""
    fixed = {"track", "kind", "team_name"} if recommended else set()
    return frozenset(fixed | ({"track", "kind"} if state != "draft" else set()))


def check_fixed(changed: frozenset[str], *, recommended: bool) -> list[Problem]:
    """May these fields change? changed: those of `fixed_fields` that were typed otherwise."""
    words = (
        "赛道、参赛形式和队伍名称以推荐表为准，不能自行修改；确有错误，请推荐单位联系赛道联系人"
        if recommended
        else "提交后不能再换赛道和参赛形式。要换，请先退出这份报名，再重新报名"
    )
    return [Problem("entry.fixed", words, field) for field in sorted(changed)[:1]]


def check_shrinking(kind: str, members: int, instructors: int, members_limit: int, limit: int) -> list[Problem]:
    """Do the people who are in it already fit the new choice? limit: of instructors."""
    if members > members_limit:
        words = "个人报名只有一人" if kind == "individual" else f"这样选最多 {members_limit} 人"
        return [Problem("team.too_many", f"{words}，而队里已有 {members} 人。请先移出队员，再来修改", "kind")]
    if instructors > limit:
        words = f"这样选最多 {limit} 位指导教师，现在有 {instructors} 位。请先移出一位，再来修改"
        return [Problem("team.too_many", words, "categories")]
    return []


def scope_of(track: str, categories: tuple[str, ...], *, one_track: bool, several: bool) -> str:
    """What a participant can be in once: the whole edition, one track, or one category (Q7, N21).

    An edition whose entries name one category each (several false) lets a person enter each category once.
    """
    if not several:
        return f"category:{categories[0]}" if categories else "category:"
    return "edition" if one_track else f"track:{track}"
