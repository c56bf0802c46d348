"""What every screen of the hall shows, the same for all of them: read at most three times a second by each web process.

Holds no count by work, so that nothing can leak before voting is over.
"""

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
    ballots: int
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


_seen: dict[str, tuple[float, Hall]] = {}


def look(code: str) -> Hall | None:
    """The hall with this join code, at most a third of a second old; None for a code that nobody has."""
    kept = _seen.get(code)
    if kept and time.monotonic() - kept[0] < FRESH:
        return kept[1]
    hall = look_now(code)
    if hall is not None:
        if len(_seen) >= KEPT:
            _seen.clear()
        _seen[code] = (time.monotonic(), hall)
    return hall


def forget(code: str) -> None:
    """Somebody changed it: this process looks again."""
    _seen.pop(code, None)


def look_now(code: str) -> Hall | None:
    """The hall as it is; one query, or two after a change."""
    sessions = Session.objects.select_related("round__category", "round__edition", "round__track")
    facts = {"moment": RawSQL(NOW, []), "cast": RawSQL(COUNT, [])}  # noqa: S611 - our own constants
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
