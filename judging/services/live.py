"""The live final (终审现场) as the organiser runs it: what the hall does now, written for every screen to read.

Every write takes the session's ballot lock exclusively (`guards.BALLOT_GUARD`), so that a ballot is either in before
a window closes or refused; and counts the session's `version` up, by which the screens know that they are behind.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from core.states import move

from .. import live_state
from ..guards import BALLOT_SPACE
from ..models import BallotKey, Round, Session, Turn
from ..rules.drawing import check_seed, draw
from ..rules.sessions import Setup, check_phase, check_setup
from ..states import DECIDED
from . import wechat
from .adoption import lock

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is mistaken for something else
CODE_LENGTH = 4
NOT_LIVE = Problem("session.not_live", "现场没有在进行，请先开场")
NOT_DRAWN = Problem("session.not_drawn", "还没有抽签，先抽签定出场次序再开场")
DRAWN = Problem("session.drawn", "出场次序已经抽定，不能再抽")
NO_TURN = Problem("session.no_turn", "先选定当前队伍，再做这一步")
DECIDED_ALREADY = Problem("round.decided", "本轮评分已经封存，现场不能继续。请先解封")


def save_session(round_: Round, values: Mapping[str, Any], *, by: User) -> Session:
    """Set the hall up: how the public votes and how long a turn takes. Raises Refused once it has begun."""
    refuse_if(check_setup(Setup(round_.kind, **values, wechat=wechat.configured())))
    with transaction.atomic(), recorded("session.saved", by=by):
        session = Session.objects.select_for_update().filter(round=round_).first()
        if session is None:
            session = _new(round_, values)
        elif session.state != "prepared":
            raise Refused(Problem("session.begun", "现场已经开场，投票办法不能再改"))
        else:
            Session.objects.filter(pk=session.pk).update(**values, version=session.version + 1)
    session.refresh_from_db()
    return session


def publish_seed(session: Session, seed: str, *, by: User) -> Session:
    """Show the draw's seed to everybody, before the draw and once for all. Raises Refused."""
    with changed(session, "session.seeded", by) as held:
        refuse_if(check_seed(seed.strip(), held.seed))
        held.seed = seed.strip()
    return held


def draw_order(session: Session, *, by: User) -> list[Turn]:
    """The running order of the round's works, by the published seed. Raises Refused without one, or a second time."""
    with changed(session, "session.drawn", by) as held:
        if not held.seed:
            raise Refused(Problem("seed.missing", "先公布种子，再抽签", "seed"))
        if held.drawn_at:
            raise Refused(DRAWN)
        works = {one.label: one for one in held.round.candidates.taking_part().select_related("round__category")}
        if not works:
            raise Refused(Problem("session.empty", "本轮还没有参评作品"))
        turns = [
            Turn(session=held, candidate=works[drawn.work], position=drawn.position) for drawn in draw(held.seed, works)
        ]
        Turn.objects.bulk_create(turns)
        held.drawn_at = clock.now()
    return turns


def start(session: Session, *, by: User) -> Session:
    """The hall opens. Raises Refused before the draw."""
    with changed(session, "session.started", by) as held:
        if not held.drawn_at:
            raise Refused(NOT_DRAWN)
        move(held, "start")
    return held


def end(session: Session, *, by: User) -> Session:
    """The hall closes: voting is over, and the public's ballots count towards the round's ranking."""
    with changed(session, "session.ended", by) as held:
        _close_voting(held)
        move(held, "end", phase="counting", voting_open=False)
        _untimed(held)
    return held


def resume(session: Session, *, by: User) -> Session:
    """Ended too early. Raises Refused once the round is locked: its snapshot holds the votes."""
    with changed(session, "session.resumed", by) as held:
        if lock(held.round).state in DECIDED:
            raise Refused(DECIDED_ALREADY)
        move(held, "resume")
    return held


def go(session: Session, phase: str, turn: Turn | None = None, *, by: User) -> Session:
    """What the hall does now, and whose turn it is (None: as before); the phase's clock starts. Voting, if open, ends.

    Raises Refused.
    """
    with changed(session, "session.moved", by) as held:
        refuse_if(check_phase(phase, held.state, held.round.state))
        _close_voting(held)
        if turn is not None:
            held.current = held.turns.get(pk=turn.pk)
        if held.current is None and phase in ("pitch", "questions", "scoring"):
            raise Refused(NO_TURN)
        held.phase, held.phase_at = phase, clock.now()
        _untimed(held)
        seconds = {"pitch": held.pitch_seconds, "questions": held.questions_seconds}.get(phase)
        if seconds:
            held.timer_ends_at = held.phase_at + timedelta(seconds=seconds)
    return held


def pause(session: Session, *, by: User) -> Session:
    """Stop the clock, or let it run on. Raises Refused where none runs."""
    with changed(session, "session.timed", by) as held:
        now = clock.now()
        if held.timer_left is not None:
            held.timer_ends_at, held.timer_left = now + timedelta(seconds=held.timer_left), None
        elif held.timer_ends_at is not None:
            left = max(held.timer_ends_at - now, timedelta())
            held.timer_ends_at, held.timer_left = None, round(left.total_seconds())
        else:
            raise Refused(Problem("timer.none", "现在没有计时，请先请一队上场或开始投票"))
    return held


def add_time(session: Session, seconds: int, *, by: User) -> Session:
    """Give more time, or take some; for the clock of the phase or of the vote. Raises Refused where none runs."""
    with changed(session, "session.timed", by) as held:
        more = timedelta(seconds=seconds)
        if held.voting_open and held.voting_ends_at:
            held.voting_ends_at = max(held.voting_ends_at, clock.now()) + more
        elif held.timer_left is not None:
            held.timer_left = max(held.timer_left + seconds, 0)
        elif held.timer_ends_at is not None:
            held.timer_ends_at = max(held.timer_ends_at, clock.now()) + more
        else:
            raise Refused(Problem("timer.none", "现在没有计时，请先请一队上场或开始投票"))
    return held


def open_voting(session: Session, *, by: User, seconds: int | None = None) -> Session:
    """The public may vote, for the current team or for all, until time is up. Raises Refused."""
    with changed(session, "session.voting", by) as held:
        refuse_if(check_phase("voting", held.state, held.round.state))
        if held.window == "team" and held.current is None:
            raise Refused(NO_TURN)
        now = clock.now()
        held.phase, held.phase_at, held.voting_open = "voting", now, True
        held.voting_ends_at = now + timedelta(seconds=seconds or held.voting_seconds)
        _untimed(held)
        if held.current and held.window == "team":
            held.turns.filter(pk=held.current.pk).update(voting_opened_at=now, voting_closed_at=None)
    return held


def close_voting(session: Session, *, by: User) -> Session:
    """No ballot is taken any more, until voting is opened again."""
    with changed(session, "session.voting", by) as held:
        if held.state != "live":
            raise Refused(NOT_LIVE)
        _close_voting(held)
        held.phase, held.phase_at = "waiting", clock.now()
    return held


@contextmanager
def changed(session: Session, verb: str, who: User) -> Iterator[Session]:
    """The session as it stands, nobody voting meanwhile; saved with a new version at the end of the block."""
    live_state.forget(session.code)
    with transaction.atomic(), recorded(verb, by=who):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [BALLOT_SPACE, session.pk])
        rows = Session.objects.select_for_update(of=("self",)).select_related(
            "round__edition", "round__category", "current"
        )
        held = rows.get(pk=session.pk)
        yield held
        held.version += 1
        held.save()
        transaction.on_commit(lambda: live_state.forget(session.code))


def _close_voting(held: Session) -> None:
    if held.voting_open and held.current and held.window == "team":
        held.turns.filter(pk=held.current.pk).update(voting_closed_at=clock.now())
    held.voting_open, held.voting_ends_at = False, None


def _untimed(held: Session) -> None:
    held.timer_ends_at = held.timer_left = None


def _new(round_: Round, values: Mapping[str, Any]) -> Session:
    """With a join code that no other session has, and the secret that makes ballots anonymous."""
    for _ in range(20):
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                session = Session.objects.create(round=round_, code=code, version=1, **values)
        except IntegrityError:
            if Session.objects.filter(round=round_).exists():
                raise
            continue
        BallotKey.objects.create(session=session, key=secrets.token_hex(32), made_at=clock.now())
        return session
    raise RuntimeError("no free join code in twenty tries")
