"""Whether scoring may begin, and whether a round may be locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.problems import Problem


@dataclass(frozen=True)
class Readiness:
    """A round as it stands before scoring opens."""

    scored: bool
    criteria: int
    works: int
    judges: int
    without_promise: int  # judges who have not promised confidentiality, though the edition asks it
    short: Sequence[str]  # works with fewer judges than the round wants
    closes: datetime | None


def check_opening(ready: Readiness, now: datetime) -> list[Problem]:
    """Nothing is missing. Works short of judges are a warning: late ones come in while scoring runs."""
    if not ready.scored:
        return [Problem("round.not_scored", "这一轮不由评委在系统里评分，不用开始")]
    problems = []
    if not ready.criteria:
        problems.append(Problem("round.no_criteria", "本轮没有评审要点，请先在赛事规则里写明"))
    if not ready.works:
        problems.append(Problem("pool.empty", "本轮还没有参评作品，请先列入"))
    if not ready.judges:
        problems.append(Problem("judges.none", "本轮还没有评委到任，请先邀请"))
    if ready.without_promise:
        problems.append(Problem("judges.promise", f"有 {ready.without_promise} 位评委还没有签署保密承诺"))
    if ready.closes is not None and ready.closes <= now:
        problems.append(Problem("round.past", "评分截止时间已过，请先改评分时间", "closes_at"))
    if ready.short:
        some = "、".join(ready.short[:5]) + (f"等 {len(ready.short)} 件" if len(ready.short) > 5 else "")
        problems.append(Problem("works.short", f"评委没有分够：{some}。请先发布分配", level="warning"))
    return problems


def check_locking(open_sheets: Sequence[str], signed: int) -> list[Problem]:
    """All is signed; or a reason is given for leaving the rest out.

    open_sheets: “评委 07（3 件）”, judges who have not signed everything.
    """
    if not signed:
        return [Problem("sheets.none", "还没有已签名的评分，不能封存")]
    if not open_sheets:
        return []
    some = "、".join(open_sheets[:8]) + (f"等 {len(open_sheets)} 位" if len(open_sheets) > 8 else "")
    words = f"还没有全部签名：{some}。请先催评；确需封存，请写明理由，没有签名的评分不计入"
    return [Problem("sheets.unsigned", words, "reason")]
