"""The live final's part of the small contest in `tests/world.py`: an open hall, voting by tokens; the rival judges."""

from core.accounts.models import User
from judging.services import judges, tokens
from tests.judging import build, live_build
from tracks.models import Edition


def make(edition: Edition, rival: User) -> dict[str, str | int]:
    """Arguments of addresses."""
    final = build.round_of(edition, "final")
    invited = judges.invite(final, by=None, email=rival.email or "")
    judges.join(invited, by=rival, accepted=build.PROMISES)
    build.candidates(final, 2, first=901)
    session = live_build.opened(final, identity="token")
    tokens.issue(session, 2, by=build.organiser())
    return {"code": session.code, "roadshow": final.pk}
