"""参赛条件: which of a track's conditions an entry claims, and whether that is enough (G24–G26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from core.problems import Problem
from tracks.rulebook.contest import Condition

Verdict = Literal["accept", "reject"]
LINK_LENGTH = 500
STATEMENT_LENGTH = 300
OPEN = ("submitted", "returned")  # a claim that may yet be accepted; a draft is none before it is sent in


@dataclass(frozen=True)
class ClaimFacts:
    """One claimed condition with its evidence."""

    link: str = ""
    dated: date | None = None
    file: bool = False
    honour: bool = False
    statement: str = ""
    recommended: bool = False  # the unit's own statement stands beside it


def check_claim(claim: ClaimFacts, condition: Condition, registered_on: date) -> list[Problem]:
    """Is there evidence that can be judged? A file, a link or a registered honour; for a recommended entry the
    unit's stamped form may be enough, if the entry says how. registered_on: what “近三年” is counted from (G24(7))."""
    problems = check_link(claim.link)
    if condition.pledge:
        return problems
    if not (claim.file or claim.link or claim.honour or (claim.recommended and claim.statement)):
        wanted = f"（{condition.evidence}）" if condition.evidence else ""
        problems.append(Problem("evidence.missing", f"请上传证明文件，或填写能打开的链接{wanted}", "file"))
    if condition.within_years:
        problems += _check_date(claim.dated, condition.within_years, registered_on)
    return problems


def check_link(link: str) -> list[Problem]:
    """A link that may stand on a page as one: of the web, with a host, in one piece; "" is none."""
    if not link:
        return []
    try:
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and link.isprintable()
    except ValueError:  # brackets of an address that is none
        good = False
    if not good or " " in link:
        return [Problem("evidence.link", "证明链接要以 http:// 或 https:// 开头，请从浏览器地址栏整段复制", "link")]
    if len(link) > LINK_LENGTH:
        words = f"证明链接太长（最多 {LINK_LENGTH} 个字符），请去掉“?”后面的部分，或改为上传截图"
        return [Problem("evidence.link_long", words, "link")]
    return []


def check_statement(statement: str) -> list[Problem]:
    """As much as its column holds."""
    if len(statement) <= STATEMENT_LENGTH:
        return []
    words = f"说明最多 {STATEMENT_LENGTH} 个字，现在 {len(statement)} 个，请缩短，其余写进证明文件"
    return [Problem("evidence.statement_long", words, "statement")]


def _check_date(dated: date | None, years: int, registered_on: date) -> list[Problem]:
    if dated is None:
        return [Problem("evidence.date", "请填写作品的发布日期，要能从链接里看到", "dated")]
    if dated > registered_on:
        return [Problem("evidence.future", "发布日期晚于报名日期，请核对", "dated")]
    if dated < years_before(registered_on, years):
        since = years_before(registered_on, years)
        words = f"须是近 {years} 年内的作品（{since:%Y-%m-%d} 以后），请换一件，或改选别的条件"
        return [Problem("evidence.old", words, "dated")]
    return []


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes 28."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def check_claims(claimed: Sequence[str], conditions: Sequence[Condition]) -> list[Problem]:
    """Does an entry claim enough to be judged: one of the `admits`, every `requires`?"""
    admits = [c.code for c in conditions if c.effect == "admits"]
    problems = []
    if admits and not set(claimed) & set(admits):
        problems.append(Problem("eligibility.none", "请至少选一项参赛条件，并附上证明", "eligibility"))
    problems += [
        Problem("eligibility.required", f"还要说明：{c.text}", "eligibility")
        for c in conditions
        if c.effect == "requires" and c.code not in claimed
    ]
    return problems


def verdict_of(states: Mapping[str, str], conditions: Sequence[Condition]) -> Verdict | None:
    """What the contact's verdicts on single conditions come to; None while something is open.

    states: condition code → the claim's state. Accepted as soon as one `admits` (where there are any) and every
    `requires` is; rejected when that can no longer happen with what was sent in.
    """
    admits = [states.get(c.code, "") for c in conditions if c.effect == "admits"]
    requires = [states.get(c.code, "") for c in conditions if c.effect == "requires"]
    if ("accepted" in admits or not admits) and all(state == "accepted" for state in requires):
        return "accept"
    hopeless = "rejected" in admits and not any(state in (*OPEN, "accepted") for state in admits)
    return "reject" if hopeless or "rejected" in requires else None
