"""Minors: age from year and month of birth, whose guardian must consent, and when (PIPL 31, practice 7)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.problems import Problem
from tracks.rulebook.contest import MinorRule

MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")
OLDEST = 100  # years

Band = Literal["under_first", "minor", "adult"]  # below guardian_first_under, below guardian_under, of age


def months_between(month: str, on: date) -> int:
    """Whole months from the last day of a birth month to a day; the day itself is not asked, so the latest counts.

    Raises ValueError for what is not `YYYY-MM`.
    """
    if (match := MONTH.fullmatch(month)) is None:
        raise ValueError(f"not a month: {month}")
    return (on.year - int(match["year"])) * 12 + on.month - int(match["month"]) - 1


def age_on(month: str, on: date) -> int:
    """Age in years that somebody born in this month has certainly reached: in doubt a person is younger."""
    return months_between(month, on) // 12


def band_of(month: str, rule: MinorRule, on: date) -> Band:
    """Which of the three ages."""
    age = age_on(month, on)
    if age < rule.guardian_first_under:
        return "under_first"
    return "minor" if age < rule.guardian_under else "adult"


def check_month(month: str, today: date) -> list[Problem]:
    """A year and month of birth as typed."""
    if not MONTH.fullmatch(month):
        return [Problem("birth.form", "请填写出生年月，如 2012-05", "month")]
    if months_between(month, today) < -1:
        return [Problem("birth.future", "出生年月在今天之后，请核对年份和月份", "month")]
    if age_on(month, today) > OLDEST:
        return [Problem("birth.old", "出生年份太早，请核对", "month")]
    return []


@dataclass(frozen=True)
class Minor:
    """A participant on a track for pupils, as far as the guardian's consent goes."""

    name: str
    band: Band | None  # None: no birth month yet
    consent: str | None  # the state of the guardian's answer; None: nobody was asked


def check_minors(people: list[Minor], *, deciding: bool = False) -> list[Problem]:
    """What is missing before an entry goes in: under 14 (the edition's age) nothing is processed without consent.

    deciding: before the entry is accepted, when the consent for every minor must be there.
    """
    problems = []
    for person in people:
        if person.band is None:
            problems.append(Problem("birth.missing", f"请补填{person.name}的出生年月", "people"))
        elif person.consent == "given":
            continue
        elif person.band == "under_first" or (deciding and person.band == "minor"):
            waiting = (
                "已发给监护人，请提醒其打开短信里的链接确认" if person.consent == "asked" else "请填写监护人，请其同意"
            )
            problems.append(Problem("guardian.missing", f"{person.name}的参赛须先得到监护人同意：{waiting}", "people"))
    return problems
