"""A ballot is cast: one statement; the database says whether it is taken (`guards.BALLOT_GUARD`, `one_ballot_…`)."""

from collections.abc import Sequence

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from core.database import violated
from core.marks import mark_of
from core.prepared import Planned
from core.problems import Problem, Refused, refuse_if

from ..ballot_keys import hashed
from ..guards import CHECKS, CHOICES, NOW
from ..live_state import Hall
from ..rules.ballots import BallotRules, Window, check_ballot
from .voters import Voter

# Contest time stands in the statement, so that a ballot costs one round trip. Planned once a connection: that is an
# eighth of what a ballot costs PostgreSQL.
_CAST = Planned(f"""
    INSERT INTO judging_ballot (session_id, turn_id, identity, choices, cast_at, place, device)
    VALUES ($1, $2, $3, $4, {NOW}, $5, $6)
    ON CONFLICT (session_id, turn_id, identity) DO NOTHING RETURNING id
""")  # noqa: S608 - our own constants
Values = Sequence[int | str | list[int] | None]
USED = {
    "phone": "这个手机号已经投过",
    "token": "这个投票码已经用过",
    "wechat": "这个微信号已经投过",
}


def cast(hall: Hall, voter: Voter, choices: Sequence[int], address: str) -> str:
    """Take a ballot for these turns; returns its receipt.

    address: where it came from, kept as a hash for evidence and never a reason to refuse. Raises Refused: ballot.twice
    when the identity has voted already, ballot.closed, ballot.choices, and what `check_ballot` says.
    """
    turn = choices[0] if hall.window == "team" and len(choices) == 1 else None
    refuse_if(_problems(hall, choices))
    place = hashed(hall.pk, hall.code, "place", address) if address else ""
    values: Values = [hall.pk, turn, voter.identity, list(choices), place, voter.device]
    try:
        row = _inserted(values)
    except IntegrityError as error:
        name = violated(error)
        if name == CHOICES and turn is not None:
            said = f"{USED[hall.identity]} {hall.most} 票，已经投完，不重复计"
            raise Refused(Problem("ballot.twice", said)) from error
        if name in CHECKS:
            raise Refused(CHECKS[name]) from error
        raise
    if row is None:
        what = "这一队" if turn else ""
        raise Refused(Problem("ballot.twice", f"{USED[hall.identity]}{what}，每人一票，不重复计"))
    return receipt_of(row[0])


def _inserted(values: Values) -> tuple[int] | None:
    """The ballot's row; None when there is one already. A savepoint where a transaction runs, else one round trip.

    Django would ask first whether the connection still lives, which doubles the round trips. Here a dead one is noticed
    by the statement, which may be said again: an identity counts once, whatever became of the first saying.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            return _said(values)
    connection.health_check_done = True  # type: ignore[attr-defined]  # django-stubs does not know it
    try:
        return _said(values)
    except (OperationalError, InterfaceError):
        connection.close()
        return _said(values)


def _said(values: Values) -> tuple[int] | None:
    with connection.cursor() as cursor:
        _CAST.execute(cursor, values)
        row: tuple[int] | None = cursor.fetchone()
    return row


def receipt_of(ballot: int) -> str:
    """`9f3a-2c81-5d0e`: shown to the voter; tells neither what was chosen nor how many ballots came before."""
    mark = mark_of("judging.receipt", str(ballot))
    return "-".join(mark[n : n + 4] for n in (0, 4, 8))


def _problems(hall: Hall, choices: Sequence[int]) -> list[Problem]:
    """What can be said before the database is asked. The hall may be a second old: the database has the last word."""
    labels = {stop.pk: stop.label for stop in hall.order if not stop.gone}
    known = [labels.get(one, str(one)) for one in choices]
    mode = "window" if hall.window == "team" else "end"
    rules = BallotRules(tuple(labels.values()), hall.least, hall.most, mode)  # type: ignore[arg-type]
    open_ = [Window(hall.now, None, work) for work in (known if mode == "window" else [""])]
    if mode == "window" and len(choices) > 1:
        return [Problem("ballot.choices", "一次投一队")]
    return check_ballot(rules, known, open_, hall.now)
