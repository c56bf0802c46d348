"""公示 and 异议 (Q28): how long the window is, who may object, and by when they are answered."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.problems import Problem

Workday = Callable[[date], bool]
WORDS_MAX = 1000


def last_day(start: date, count: int, *, first_counts: bool, is_workday: Workday) -> date:
    """The last of `count` working days from `start`, on which the list is published: first_counts: it is the first of
    them, if it is a working day at all."""
    day, left = start, count
    if first_counts and is_workday(day):
        left -= 1
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


@dataclass(frozen=True)
class Asking:
    """An objection about to be filed."""

    kind: str  # person, unit
    name: str  # real name of the account, or the unit's full name
    reachable: bool  # the account has a phone number
    words: str
    evidence: bool
    stamped: bool  # the letter of a unit, with its stamp
    about: str  # key of a line, or "" for the list as a whole
    told_before: bool  # the same person about the same line


def check_objection(
    asking: Asking, opens: datetime, closes: datetime, now: datetime, lines: Collection[str], *, anonymous: bool
) -> list[Problem]:
    """Why it cannot be filed. anonymous: whether the edition takes objections without name (it does not, Q28)."""
    if now < opens:
        return [Problem("objection.early", "公示还没有开始")]
    if now >= closes:
        return [Problem("objection.late", f"公示已于 {_last(closes)} 结束，不再受理异议")]
    problems = []
    if not anonymous and asking.kind == "person" and not (asking.name.strip() and asking.reachable):
        words = "异议要实名：请先在“我的账号”里填写真实姓名，并绑定手机号"
        problems.append(Problem("objection.anonymous", words))
    if asking.kind == "unit" and not asking.name.strip():
        problems.append(Problem("objection.unit", "以单位名义提出的，请填写单位全称", "unit"))
    if asking.kind == "unit" and not asking.stamped:
        problems.append(Problem("objection.stamp", "以单位名义提出的，请上传加盖公章的异议书", "evidence"))
    if asking.kind == "person" and not asking.evidence:
        problems.append(Problem("objection.evidence", "请上传证据：说明问题的材料、截图或照片", "evidence"))
    if not asking.words.strip():
        problems.append(Problem("objection.words", "请写明对什么有异议、依据是什么", "words"))
    elif len(asking.words.strip()) > WORDS_MAX:
        problems.append(Problem("objection.too_long", f"最多 {WORDS_MAX} 个字，请缩短，细节放在证据里", "words"))
    if asking.about and asking.about not in lines:
        problems.append(Problem("objection.unknown", "名单里没有这一项，请重新选择", "about"))
    if asking.told_before:
        problems.append(Problem("objection.twice", "您已对这一项提出过异议，请等答复；补充材料请联系组委会", "about"))
    return problems


def check_final(closes: datetime | None, now: datetime, waiting: int) -> list[Problem]:
    """Why a published list is not final yet. waiting: objections without an answer."""
    problems = []
    if closes is None or now < closes:
        until = f"（{_last(closes)}止）" if closes else ""
        problems.append(Problem("list.window", f"公示期还没有结束{until}，期满后自动生效"))
    if waiting:
        said = f"还有 {waiting} 份异议没有答复，相关奖项冻结，名单不能生效。请先到“公示异议”里答复"
        problems.append(Problem("list.objections", said))
    return problems


def _last(closes: datetime) -> str:
    day = closes - timedelta(seconds=1)
    return f"{day.year}年{day.month}月{day.day}日"
