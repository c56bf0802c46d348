"""How many people an entry may have, and who they may be (Q11, N21, N22)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.problems import Problem
from tracks.rulebook.contest import TeamRule


@dataclass(frozen=True)
class People:
    """An entry's people as they count while it is locked."""

    members: int  # participants who have confirmed, the representative among them
    instructors: int
    groups: tuple[str, ...] = ()  # of the participants, "" for not yet said; none where categories are not divided


def limits_of(kind: str, rules: Sequence[TeamRule]) -> tuple[int, int]:
    """(participants, instructors) at most; of several categories the strictest counts. An individual is one."""
    members = min(rule.max for rule in rules) if kind == "team" else 1
    return members, min(rule.instructors_max for rule in rules)


def check_room(role: str, people: People, members_limit: int, instructors_limit: int) -> list[Problem]:
    """Is there room for one more?"""
    if role == "instructor":
        if people.instructors < instructors_limit:
            return []
        words = (
            f"指导教师最多 {instructors_limit} 位，已经满了。要换人，请先移出一位"
            if instructors_limit
            else "本届不设指导教师"
        )
        return [Problem("team.instructors", words)]
    if people.members < members_limit:
        return []
    return [Problem("team.full", f"队伍最多 {members_limit} 人（含队伍代表），已经满了。要换人，请先移出一位")]


def check_group(group: str, groups: Collection[str]) -> list[Problem]:
    """May somebody be said to be of this group (N20)? groups: codes that the entry's categories are divided into."""
    if not group or group in groups:
        return []
    return [Problem("member.group", "这个组别不在所报类别里，请重新选择", "group")]


def check_team(kind: str, people: People, rules: Sequence[TeamRule]) -> list[Problem]:
    """May a team of these people be entered?"""
    least = max(rule.min for rule in rules)
    problems = []
    if kind == "team" and people.members < least:
        words = f"队伍至少 {least} 人，现在已确认 {people.members} 人。请邀请队员，并等他们本人确认"
        problems.append(Problem("team.few", words, "people"))
    if "" in people.groups:
        problems.append(Problem("team.group_missing", "还有人没有填组别，请在成员页逐人选好", "people"))
    elif any(rule.same_group for rule in rules) and len(set(people.groups)) > 1:
        problems.append(Problem("team.groups", "队员须属于同一组别，请调整队员，或改正填错的组别", "people"))
    return problems
