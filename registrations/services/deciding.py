"""What deciding about something that an entry handed in has in common: the decision, and that a reason is given."""

from dataclasses import dataclass
from datetime import datetime

from core.problems import Problem, Refused

NO_REASON = Problem("review.no_reason", "请写明理由，参赛者要看", "reason")


@dataclass(frozen=True)
class Decision:
    """What is decided, and what its notice says."""

    verb: str  # of the thing's states: pass or accept, return, reject
    reason: str = ""
    deadline: datetime | None = None  # when what is returned must be back, exclusive


def reasoned(reason: str) -> str:
    """The reason. Raises Refused without one."""
    if not reason.strip():
        raise Refused(NO_REASON)
    return reason.strip()
