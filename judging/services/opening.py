"""Scoring begins; its window moves."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from core.states import move

from ..models import Round
from ..rules.opening import Readiness, check_opening
from ..states import DECIDED
from .adoption import NO_REASON, lock
from .judges import promises_for

WARNED = "works.short"


def readiness(round_: Round) -> Readiness:
    """How far the round is from opening."""
    works = list(round_.candidates.taking_part().select_related("round__category"))
    have = Counter(round_.assignments.active().values_list("candidate_id", flat=True))
    judges = round_.judges.active()
    wanted = round_.judges_per_work or judges.filter(panel__kind="expert").count()
    asked = any(text.at == "judge" and text.required for text in promises_for(round_.edition))
    return Readiness(
        scored=round_.scored,
        criteria=round_.criteria.count(),
        works=len(works),
        judges=judges.count(),
        without_promise=judges.filter(promise=None).count() if asked else 0,
        short=[work.label for work in works if have[work.pk] < wanted],
        closes=round_.closes_at,
    )


def open_round(round_: Round, *, by: User, reason: str = "") -> Round:
    """Scores are taken from now on, within the window; the rules stand.

    reason: needed when works lack judges. Raises Refused with what is missing, StaleState when it was opened before.
    """
    with transaction.atomic(), recorded("round.opened", by=by, reason=reason.strip()):
        round_ = lock(round_)
        problems = check_opening(readiness(round_), clock.now())
        refuse_if(problems)
        if problems and not reason.strip():
            raise Refused([Problem(p.code, f"{p.message}；确需先开始，请写明理由", "reason") for p in problems])
        move(round_, "open", opened_at=clock.now())
    return round_


def set_window(
    round_: Round, *, opens_at: datetime | None, closes_at: datetime | None, reason: str, by: User
) -> Round:  # fmt: skip
    """Change when scores are taken, before scoring or during it. closes_at: exclusive. Raises Refused."""
    with transaction.atomic(), recorded("round.extended", by=by, reason=reason.strip()):
        round_ = lock(round_)
        problems = [] if reason.strip() else [NO_REASON]
        if round_.state in DECIDED:
            problems.append(Problem("round.decided", "本轮评分已经封存，不能再改时间"))
        if opens_at and closes_at and opens_at >= closes_at:
            problems.append(Problem("window.reversed", "截止应晚于开始", "closes_at"))
        refuse_if(problems)
        round_.opens_at, round_.closes_at = opens_at, closes_at
        round_.save(update_fields=["opens_at", "closes_at"])
    return round_
