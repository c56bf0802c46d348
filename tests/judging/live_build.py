"""Builders for the live final: a round with works, a session, its voters; all made by the services."""

from core.accounts.models import User
from judging.live_state import Hall, look_now
from judging.models import Round, Session
from judging.services import live, voters
from judging.services.voters import Voter
from tests.judging import build
from tracks.models import Edition

SEED = "现场观众报数 7319"


def session(edition: Edition, works: int = 3, **values: object) -> Session:
    """The hall of the final, drawn and open."""
    round_ = build.round_of(edition, "final")
    build.candidates(round_, works)
    return opened(round_, **values)


def opened(round_: Round, **values: object) -> Session:
    """The hall of a round with works, drawn and open."""
    me = build.organiser()
    made = live.save_session(round_, {"choices_max": 3, **values}, by=me)
    live.publish_seed(made, SEED, by=me)
    live.draw_order(made, by=me)
    return live.start(made, by=me)


def voting(made: Session, position: int = 1, by: User | None = None) -> Hall:
    """Voting is open: for the team at this place, or for all."""
    me = by or build.organiser()
    if made.window == "team":
        live.go(made, "pitch", made.turns.get(position=position), by=me)
    live.open_voting(made, by=me)
    return hall(made)


def hall(made: Session) -> Hall:
    """As every screen would see it now."""
    found = look_now(made.code)
    assert found is not None
    return found


def voter(hall: Hall, number: int = 0, device: str = "browser") -> Voter:
    """Somebody with a phone of their own."""
    return voters.voter_of(hall, "phone", f"+8613800{number:06}", f"138****{number % 10000:04}", f"{device}-{number}")
