"""Who may become a judge, and the number that a judge goes by."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from core.problems import Problem


@dataclass(frozen=True)
class Invited:
    """Somebody who takes up an invitation to judge."""

    organiser: bool  # runs the contest
    contact: bool  # answers for a track of the edition: has seen names, passes works
    judges_already: bool


def check_judge(invited: Invited) -> list[Problem]:
    """Whoever runs the contest or passed its works does not judge them as well."""
    if invited.organiser:
        return [Problem("judge.organiser", "您是大赛的管理员，不能同时当评委。请换一个账号，或请组委会另请评委")]
    if invited.contact:
        return [Problem("judge.contact", "您是本届的赛道联系人，看过作品的姓名和单位，不能同时当评委")]
    if invited.judges_already:
        return [Problem("judge.already", "您已经是本轮的评委，直接登录即可")]
    return []


def check_invitee(email: str, phone: str, categories: Collection[str], known: Collection[str]) -> list[Problem]:
    """An invitation reaches somebody, and names categories that the round has."""
    problems = []
    if not (email or phone):
        problems.append(Problem("invite.no_address", "请填写对方的邮箱或手机号", "email"))
    unknown = [code for code in categories if code not in known]
    if unknown:
        problems.append(Problem("invite.category", f"本轮没有这些类别：{'、'.join(unknown)}", "categories"))
    return problems


def topics_of(typed: str) -> list[str]:
    """“海洋、人工智能; 医学” → its topics, in order, each once, at most ten."""
    parts = (part.strip()[:40] for part in re.split(r"[,，、;；/\s]+", typed))
    return list(dict.fromkeys(part for part in parts if part))[:10]


def free_numbers(taken: Collection[int], least: int = 99) -> list[int]:
    """Numbers that a new judge may draw: two digits as long as half of them are free."""
    most = least
    while len(taken) > most // 2:
        most = most * 10 + 9
    return [number for number in range(1, most + 1) if number not in taken]
