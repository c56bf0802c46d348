"""Printed tokens (纸质投票码): good for one voter each; only how many were printed is stored."""

from core.accounts.models import User
from core.problems import Problem, Refused

from ..ballot_keys import token_of
from ..models import Session
from .live import changed

MOST = 3000


def issue(session: Session, count: int, *, by: User) -> range:
    """Make so many more; returns their serial numbers. Raises Refused."""
    with changed(session, "tokens.issued", by) as held:
        if held.identity != "token":
            raise Refused(Problem("token.identity", "本场按手机号或微信投票，不用投票码"))
        if not 1 <= count <= MOST - held.tokens:
            raise Refused(Problem("token.count", f"一场最多 {MOST} 个投票码，已制 {held.tokens} 个", "count"))
        first = held.tokens + 1
        held.tokens += count
    return range(first, first + count)


def tokens(session: Session, numbers: range) -> list[str]:
    """What is printed."""
    return [token_of(session.pk, session.code, number) for number in numbers]
