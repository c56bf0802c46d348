"""Which works a round judges (参评作品): put in by contacts, the organiser and later services, always with a trace."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.entry_models import Entry
from registrations.work_models import Work, WorkVersion

from ..guards import CHECKS, POOL
from ..models import Candidate, Publication, RankingRow, Round, Session
from ..states import DECIDED
from .adoption import NO_REASON, lock

GONE = Problem("work.gone", "作品已撤回或报名已退出")


@dataclass(frozen=True)
class Thing:
    """Something to be judged: a work, or what a later app brings (service records of a season); see `readers`."""

    entry: Entry
    key: str  # what it is in its own app, "work-12": brought twice, it is in the pool once
    title: str
    version: WorkVersion | None = None
    topics: tuple[str, ...] = ()
    group: str = ""
    submitted_at: datetime | None = None


def eligible_works(round_: Round, user: User | None = None) -> QuerySet[Work]:
    """Passed works of the round's scope that are not in its pool yet; of a follower, those that advanced. A theme's
    round has none: `seasons` brings it service records.

    user: only those of the tracks that somebody answers for.
    """
    if round_.category is None:
        return Work.objects.none()
    works = Work.objects.filter(
        edition=round_.edition_id, category=round_.category.code, state="passed", entry__state="accepted"
    )
    if round_.track_id:
        works = works.filter(entry__track=round_.track_id)
    if round_.group:
        works = works.filter(entry__people__group=round_.group, entry__people__left_at=None).distinct()
    if user is not None:
        works = works.reviewed_by(user)
    if round_.follows and round_.follows.scored:
        works = works.filter(current__in=advanced(round_).values("candidate__version"))
    inside = Candidate.objects.filter(round=round_, version__isnull=False)
    works = works.exclude(pk__in=inside.values("version__work"))
    return works.select_related("entry__track", "entry__row__recommendation__unit", "current").order_by("pk")


def advanced(round_: Round) -> QuerySet[RankingRow]:
    """The places of the preceding round's public snapshot that lead into this one."""
    public = Publication.objects.filter(round=round_.follows_id, ended_at=None)
    return RankingRow.objects.filter(snapshot__in=public.values("snapshot")).exclude(purposes=[])


def thing_of(work: Work) -> Thing:
    """A work as the pool takes it: its current version."""
    if work.current is None:
        raise Refused(GONE)
    topics = (work.entry.track.code, work.category)
    return Thing(
        entry=work.entry,
        key=f"work-{work.pk}",
        title=work.title,
        version=work.current,
        topics=topics,
        submitted_at=work.current.submitted_at,
    )


def add(round_: Round, things: Iterable[Thing], *, by: User | None, reason: str = "") -> list[Candidate]:
    """Put things into a round's pool; what is in already stays as it is. Gives the new ones.

    A round whose works are already before judges takes late ones too: they wait for the next distribution. Raises
    Refused once the round is locked.
    """
    with transaction.atomic(), recorded("candidates.added", by=by, reason=reason.strip()):
        round_ = lock(round_)
        if round_.state in DECIDED:
            raise Refused(CHECKS[POOL])
        inside = set(round_.candidates.values_list("key", flat=True))
        fresh = list({thing.key: thing for thing in things if thing.key not in inside}.values())
        number = round_.candidates.aggregate(last=Max("number"))["last"] or 0
        now = clock.now()
        return Candidate.objects.bulk_create(
            Candidate(
                round=round_,
                entry=thing.entry,
                key=thing.key,
                version=thing.version,
                number=number + place,
                title=thing.title,
                topics=list(thing.topics),
                group=thing.group,
                region=_city(thing.entry),
                submitted_at=thing.submitted_at,
                added_at=now,
            )
            for place, thing in enumerate(fresh, 1)
        )


def withdraw(candidate: Candidate, *, reason: str, by: User | None) -> Candidate:
    """Take a work out of a round, whenever: judges no longer see it, its scores no longer count; they stay on record.

    Raises Refused without a reason, StaleState when it was out already. Of a locked round the caller makes a new
    snapshot (`closing.withdraw`).
    """
    reason = reason.strip()
    refuse_if([] if reason else [NO_REASON])
    with transaction.atomic(), recorded("candidate.withdrawn", by=by, reason=reason):
        lock(candidate.round)
        move(candidate, "withdraw", withdrawn_at=clock.now(), reason=reason[:300])
        _tell_hall(candidate)
    return candidate


def restore(candidate: Candidate, *, reason: str, by: User) -> Candidate:
    """Take a withdrawal back; what judges had scored counts again. Raises Refused without a reason or once locked."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("candidate.restored", by=by, reason=reason.strip()):
        if lock(candidate.round).state in DECIDED:
            raise Refused(CHECKS[POOL])
        move(candidate, "restore", withdrawn_at=None, reason="")
        _tell_hall(candidate)
    return candidate


def set_anchor(candidate: Candidate, anchor: bool, *, by: User) -> None:
    """Let every judge of the round meet this work first, to calibrate; or no longer. Raises Refused once decided."""
    with transaction.atomic(), recorded("candidate.anchored" if anchor else "candidate.unanchored", by=by):
        if lock(candidate.round).state in DECIDED:
            raise Refused(CHECKS[POOL])
        Candidate.objects.filter(pk=candidate.pk).update(anchor=anchor)
    candidate.anchor = anchor


def follow_works() -> int:
    """Works that left the contest leave the rounds that are not decided yet. Returns how many did."""
    gone = Candidate.objects.filter(state="in", round__state__in=("draft", "open")).filter(
        Q(entry__state__in=("withdrawn", "rejected"))
        | Q(version__isnull=False) & ~Q(version__work__state__in=("submitted", "returned", "passed"))
    )
    count = 0
    for candidate in gone.select_related("round"):
        withdraw(candidate, reason=GONE.message, by=None)
        count += 1
    return count


def _tell_hall(candidate: Candidate) -> None:
    """The screens of a live final look again."""
    Session.objects.filter(round=candidate.round_id).update(version=F("version") + 1)


def _city(entry: Entry) -> str:
    """The code of the city that an entry comes from, as far as its unit tells; provinces count as none."""
    if entry.row is None:
        return ""
    region = entry.row.recommendation.unit.region_id
    return "" if region.endswith("0000") else f"{region[:4]}00"
