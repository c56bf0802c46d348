"""Suspicious ballots: shown, set aside (隔离) and taken back by the organiser with a reason, exported as evidence."""

from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if

from ..models import Ballot, BallotMark, Session
from ..rules.suspicion import Cast, Suspicion, suspicions
from .closing import anew

NO_REASON = Problem("reason.missing", "请写明理由", "reason")
NONE = Problem("ballots.none", "没有选中要处理的选票；可能刚被别人处理过，请刷新页面")


def marked(session: Session) -> QuerySet[Ballot]:
    """The session's ballots, each with `excluded` (None: never touched) and `reason`, as last decided."""
    last = BallotMark.objects.filter(ballot=OuterRef("pk")).order_by("-pk")
    return session.ballots.annotate(
        excluded=Subquery(last.values("excluded")[:1]), why=Subquery(last.values("reason")[:1])
    )


def suspicious(session: Session) -> list[Suspicion]:
    """Groups of ballots that somebody should look at, the largest first."""
    rows = session.ballots.order_by("pk").values_list("pk", "identity", "device", "place", "cast_at")
    return suspicions(Cast(*row) for row in rows.iterator())


def grouped(session: Session, keys: Collection[str]) -> set[int]:
    """The ballots of the groups with these keys; pages name groups, so that they hold no number of ballots."""
    return {pk for one in suspicious(session) if one.key in keys for pk in one.ballots}


def away(session: Session) -> dict[int, str]:
    """Ballots that are set aside now → why."""
    return {one.pk: one.why for one in marked(session) if one.excluded}  # type: ignore[attr-defined]


def set_aside_for(session: Session, reasons: Collection[str]) -> set[int]:
    """Ballots that are set aside for one of these reasons."""
    return {pk for pk, why in away(session).items() if why in reasons}


def quarantine(session: Session, ballots: Collection[int], *, reason: str, by: User) -> int:
    """Leave these out of the count until they are released; returns how many. Raises Refused.

    Of a locked round a new snapshot is made at once.
    """
    with transaction.atomic(), recorded("ballot.quarantined", by=by, reason=reason.strip()):
        return _mark(session, ballots, True, reason.strip(), by)


def release(session: Session, ballots: Collection[int], *, reason: str, by: User) -> int:
    """They count again; returns how many. Raises Refused."""
    with transaction.atomic(), recorded("ballot.released", by=by, reason=reason.strip()):
        return _mark(session, ballots, False, reason.strip(), by)


def evidence(session: Session, *, by: User) -> Iterator[tuple[Ballot, str]]:
    """Every ballot with the words of the suspicions that it is in; the export leaves a trace."""
    with recorded("ballots.exported", by=by):
        Session.objects.filter(pk=session.pk).update(version=F("version") + 1)
    why: dict[int, list[str]] = {}
    for group in suspicious(session):
        for ballot in group.ballots:
            why.setdefault(ballot, []).append(group.why)
    return ((ballot, "；".join(why.get(ballot.pk, []))) for ballot in marked(session).order_by("pk"))


def _mark(session: Session, ballots: Collection[int], excluded: bool, reason: str, by: User) -> int:
    refuse_if([] if reason else [NO_REASON])
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    rows = marked(session).filter(pk__in=ballots)
    found = [ballot.pk for ballot in rows if bool(ballot.excluded) != excluded]  # type: ignore[attr-defined]
    if not found:
        raise Refused(NONE)
    now = clock.now()
    BallotMark.objects.bulk_create(
        BallotMark(ballot_id=pk, excluded=excluded, reason=reason[:300], by=by, at=now) for pk in found
    )
    Session.objects.filter(pk=session.pk).update(version=F("version") + 1)
    anew(session.round, f"{'隔离' if excluded else '恢复'} {len(found)} 张选票：{reason}", by)
    return len(found)
