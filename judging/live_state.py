"""What every screen of the hall shows, the same for all of them: read at most three times a second by each web process.

Ballots are counted for screens only: counting takes longer the more there are, and a ballot does not ask how many came.
Holds no count by work, so that nothing can leak before voting is over.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models.expressions import RawSQL

from core.clock import BEIJING

from . import states
from .guards import NOW
from .models import BallotMark, Session, Turn

FRESH = 0.3  # seconds
LATE = 1.0  # seconds: so old may a hall be while another thread is just looking again
KEPT = 200  # sessions in memory
NEAR = 10  # stops on the big screen
COUNT = "SELECT count(*) FROM judging_ballot b WHERE b.session_id = judging_session.id"


@dataclass(frozen=True)
class Stop:
    """One team's turn as everybody may see it."""

    pk: int
    position: int
    label: str  # A-0422
    title: str
    team: str
    gone: bool  # withdrawn


@dataclass(frozen=True)
class Hall:
    """The hall at one moment."""

    pk: int
    code: str
    round: int
    name: str  # A 类终审路演
    contest: str
    state: str
    phase: str
    order: tuple[Stop, ...]
    current: Stop | None
    window: str
    identity: str
    least: int
    most: int
    voting: bool  # ballots are taken now
    ends: datetime | None  # of the vote, else of the phase
    span: int  # seconds that the clock began with
    left: int | None  # seconds, while the clock is stopped
    ballots: int | None  # None: nobody asked for the count
    aside: int  # quarantined
    revealed: int
    seed: str
    drawn: bool
    version: int
    now: datetime

    @property
    def phase_name(self) -> str:
        """The phase in words."""
        return states.PHASES[self.phase]

    @property
    def ended(self) -> bool:
        """All voting is over."""
        return self.state == "ended"

    @property
    def seconds(self) -> int | None:
        """What the clock shows; None without one."""
        if self.left is not None:
            return self.left
        return max(round((self.ends - self.now).total_seconds()), 0) if self.ends else None

    @property
    def clock_text(self) -> str:
        """`04:32`; empty without a clock."""
        return "" if self.seconds is None else f"{self.seconds // 60:02}:{self.seconds % 60:02}"

    @property
    def share(self) -> int:
        """How much of the time is left, per cent."""
        return min(100 * (self.seconds or 0) // max(self.span, 1), 100)

    @property
    def told(self) -> int | None:
        """How many ballots may be shown; None while the number would tell a team's votes.

        With a window a team, whoever notes the number before and after a window knows what the team got.
        """
        return self.ballots if self.ended or self.window == "end" else None

    @property
    def tag(self) -> str:
        """Changes whenever a screen has something else to show."""
        return f"{self.version}-{int(self.voting)}"

    @property
    def near(self) -> tuple[Stop, ...]:
        """As many stops as the big screen has room for, the current one among them."""
        here = self.current.position if self.current else 1
        start = max(min(here - 1 - NEAR // 2, len(self.order) - NEAR), 0)
        return self.order[start : start + NEAR]

    @property
    def following(self) -> "Stop | None":
        """The next team."""
        here = self.current.position if self.current else 0
        return next((stop for stop in self.order if stop.position > here and not stop.gone), None)


@dataclass(frozen=True)
class _Seen:
    at: float  # monotonic seconds
    hall: Hall

    @property
    def age(self) -> float:
        return time.monotonic() - self.at


_seen: dict[tuple[str, bool], _Seen] = {}  # by join code, and whether ballots were counted
_looking = threading.Lock()


def look(code: str, *, counting: bool = True) -> Hall | None:
    """The hall with this join code, hardly older than a third of a second; None for a code that nobody has.

    Of a process's threads one looks again, the others go on with what was seen last. counting: False for whoever
    does not show the number of ballots.
    """
    kept = _kept(code, counting)
    if kept is None or kept.age > LATE:
        return _look_again(code, counting)
    if kept.age < FRESH or not _looking.acquire(blocking=False):
        return kept.hall
    try:
        return _look_again(code, counting)
    finally:
        _looking.release()


def _kept(code: str, counting: bool) -> _Seen | None:
    """What was seen last; a hall with its ballots counted will do for everybody."""
    found = [_seen.get((code, True)), None if counting else _seen.get((code, False))]
    return max((one for one in found if one), key=lambda one: one.at, default=None)


def _look_again(code: str, counting: bool) -> Hall | None:
    hall = look_now(code, counting=counting)
    if hall is not None:
        if len(_seen) >= KEPT:
            _seen.clear()
        _seen[code, counting] = _Seen(time.monotonic(), hall)
    return hall


def forget(code: str) -> None:
    """Somebody changed it: this process looks again."""
    for counting in (True, False):
        _seen.pop((code, counting), None)


def look_now(code: str, *, counting: bool = True) -> Hall | None:
    """The hall as it is; one query, or two after a change."""
    sessions = Session.objects.select_related("round__category", "round__edition", "round__track")
    facts = {"moment": RawSQL(NOW, []), "cast": RawSQL(COUNT if counting else "NULL", [])}  # noqa: S611 - our own
    session = sessions.annotate(**facts).filter(code=code).first()
    if session is None:
        return None
    now: datetime = session.moment.astimezone(BEIJING)  # type: ignore[attr-defined]
    order, aside = _layout(session.pk, session.code, session.version)
    voting = session.voting_open and session.voting_ends_at is not None and now < session.voting_ends_at
    spans = {
        "pitch": session.pitch_seconds,
        "questions": session.questions_seconds,
        "voting": session.voting_seconds,
    }
    return Hall(
        pk=session.pk,
        code=session.code,
        round=session.round_id,
        name=str(session.round),
        contest=session.round.edition.name,
        state=session.state,
        phase=session.phase,
        order=order,
        current=next((stop for stop in order if stop.pk == session.current_id), None),
        window=session.window,
        identity=session.identity,
        least=session.choices_min,
        most=session.choices_max,
        voting=voting,
        ends=session.voting_ends_at if session.voting_open else session.timer_ends_at,
        span=spans.get(session.phase, 0),
        left=session.timer_left,
        ballots=session.cast,  # type: ignore[attr-defined]
        aside=aside,
        revealed=session.revealed,
        seed=session.seed,
        drawn=session.drawn_at is not None,
        version=session.version,
        now=now,
    )


@lru_cache(maxsize=64)
def _layout(session: int, code: str, version: int) -> tuple[tuple[Stop, ...], int]:
    """The running order and how many ballots are set aside: what changes with the version only."""
    turns = Turn.objects.filter(session=session).select_related("candidate__round__category", "candidate__entry")
    order = tuple(
        Stop(
            turn.pk,
            turn.position,
            turn.candidate.label,
            turn.candidate.title,
            turn.candidate.entry.team_name,
            turn.candidate.state == "out",
        )
        for turn in turns.order_by("position")
    )
    last = BallotMark.objects.filter(ballot__session=session).order_by("ballot", "-pk").distinct("ballot")
    aside = sum(excluded for excluded in last.values_list("excluded", flat=True))
    return order, aside
