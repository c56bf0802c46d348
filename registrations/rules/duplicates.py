"""Who is already there (Q7): the same person twice, one phone for two names, one team twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.problems import Problem

Policy = Literal["refuse", "warn"]


@dataclass(frozen=True)
class Twin:
    """A row of the edition, as far as another one may be the same."""

    key: int
    position: int
    name: str
    phone: str  # E.164, or as typed if it could not be read
    team: str
    holds: bool  # a place
    unit: str = ""  # the other unit's name; "" for the same unit
    confirmed: bool = False  # the clerk said that the phone is right though another row has it


def check_duplicates(row: Twin, others: Iterable[Twin], policy: Policy = "refuse") -> list[Problem]:
    """What another row stands against this one for; of two drafts the later one gives way.

    others: rows of the same unit that were not withdrawn, and other units' rows that hold a place. An unconfirmed
    shared phone blocks until the clerk confirms it. A message names the other unit, never what stands in its row.
    """
    problems = []
    before = sorted((twin for twin in others if twin.key != row.key and _comes_first(twin, row)), key=_order)
    readable = row.phone.startswith("+") and row.name
    same = [twin for twin in before if readable and (twin.phone, twin.name) == (row.phone, row.name)]
    if same:
        problems.append(Problem("person.twice", _told(same[0]), "phone", "error" if policy == "refuse" else "warning"))
    elif not row.confirmed:
        shared = [t for t in before if readable and not t.unit and t.phone == row.phone and t.name]
        problems += [_shared(twin) for twin in shared[:1]]
    teams = [twin for twin in before if row.team and not twin.unit and twin.team == row.team]
    if teams and not same:
        words = f"参赛队伍名称与第 {teams[0].position} 行相同。同一支队伍只报一行；确是两支队伍，请改得能分清"
        problems.append(Problem("team.twice", words, "team", "warning"))
    return problems


def _told(twin: Twin) -> str:
    if not twin.unit:
        return f"姓名、电话与第 {twin.position} 行都相同，同一人只占一个名额。请删去其中一行，或改正电话"
    return (
        f"{twin.unit}已经推荐了姓名、电话都相同的参赛者，同一人只能由一个单位推荐。"
        "请与该单位商定由谁推荐：由本单位推荐的，请对方先撤回；不是同一人的，请核对电话"
    )


def _shared(twin: Twin) -> Problem:
    words = f"联系电话与第 {twin.position} 行相同，姓名不同。填错了请改；确实共用一个号码，确认后可以提交"
    return Problem("phone.shared", words, "phone")


def _comes_first(twin: Twin, row: Twin) -> bool:
    """Rows with a place come before drafts, then the order of the sheet counts."""
    return bool(twin.unit) or _order(twin) < _order(row)


def _order(twin: Twin) -> tuple[bool, int, int]:
    return (not twin.holds, twin.position, twin.key)
