"""Closing a round: lock and snapshot in one transaction, unlocking by two persons, publication, later corrections.

Locking takes the round's advisory lock exclusively; every score takes it shared (`guards`), so that none arrives after
the snapshot. A server killed in between leaves the round open, or locked with its snapshot, never anything else.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.services import notify
from core.problems import Problem, Refused, refuse_if
from core.states import move

from ..bundle import anonymised
from ..guards import CHECKS, LOCK_SPACE, TWO
from ..models import AdvancePick, Candidate, Publication, RankingRow, Round, Session, Snapshot, TieDecision, Unlock
from ..rules import ranking
from ..rules.advancing import Standing, apply_rule, check_picks
from ..rules.opening import check_locking
from ..rules.publishing import check_publication
from ..states import DECIDED
from . import pool
from .adoption import NO_REASON, lock
from .facts import advance_of, inputs_of

NOT_LOCKED = Problem("round.not_locked", "先封存评分，再做这一步")


def lock_round(round_: Round, *, by: User, reason: str = "") -> Snapshot:
    """No score is taken any more; the ranking is frozen with what it was made of.

    reason: for leaving unsigned sheets out. Raises Refused with the judges who have not signed, StaleState when it
    was locked before.
    """
    with transaction.atomic(), recorded("round.locked", by=by, reason=reason.strip()):
        hold(round_)
        round_ = lock(round_)
        if Session.objects.filter(round=round_, state="live").exists():
            raise Refused(Problem("session.live", "终审现场还没有结束，请先结束投票和现场，再封存"))
        problems = check_locking(unsigned(round_), round_.sheets.counted().count())
        refuse_if([p for p in problems if not (p.field == "reason" and reason.strip())])
        move(round_, "lock", locked_at=clock.now())
        return _freeze(round_, by=by, reason=reason.strip())


def hold(round_: Round) -> None:
    """Wait for every score that is being written, and let none begin, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, round_.pk])


def unsigned(round_: Round) -> list[str]:
    """“评委 07（3 件）”: who has not signed everything that is before them."""
    waiting = Count("assignments", filter=Q(assignments__state="active", assignments__candidate__state="in")) - Count(
        "assignments",
        filter=Q(
            assignments__state="active", assignments__candidate__state="in", assignments__sheet__state="signed"
        ),
    )  # fmt: skip
    judges = round_.judges.annotate(waiting=waiting).filter(waiting__gt=0).order_by("number")
    return [f"{judge.label}（{judge.waiting} 件）" for judge in judges]


def _freeze(round_: Round, *, by: User | None, reason: str = "") -> Snapshot:
    """A new snapshot of a locked or published round, in the caller's transaction. Raises Refused for an open one."""
    if round_.state not in DECIDED:
        raise Refused(NOT_LOCKED)
    inputs = anonymised(inputs_of(round_))
    outcome = ranking.rank(inputs)
    last = round_.snapshots.first()
    snapshot = Snapshot.objects.create(
        round=round_,
        number=last.number + 1 if last else 1,
        made_at=clock.now(),
        made_by=by,
        reason=reason[:300],
        method=inputs.rules.method,
        inputs=ranking.text_of(inputs),
        sha256=ranking.digest_of(inputs),
        result=ranking.result_of(outcome),
        works=len(inputs.works),
        judges=len({sheet.judge for sheet in inputs.sheets}),
        sheets=sum(not sheet.abstained for sheet in inputs.sheets),
    )
    RankingRow.objects.bulk_create(_rows(round_, snapshot, inputs, outcome))
    return snapshot


def ask_unlock(round_: Round, *, reason: str, by: User) -> Unlock:
    """Ask a second person to open a locked round again. Raises Refused without a reason, or when one is open."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("round.unlock_asked", by=by, reason=reason.strip()):
        round_ = lock(round_)
        if round_.state != "locked":
            raise Refused(Problem("round.not_locked", "只有已封存、未公布的轮次可以解封；已公布的请先撤下"))
        if round_.unlocks.filter(state__in=("asked", "approved")).exists():
            raise Refused(Problem("unlock.open", "已有一份解封申请在等第二人决定"))
        unlock = Unlock.objects.create(round=round_, reason=reason.strip()[:300], asked_by=by, asked_at=clock.now())
        page = link_to("admin:judging_round_change", round_.pk)
        for other in User.objects.filter(is_superuser=True, is_active=True).exclude(pk=by.pk):
            notify(
                other, "unlock-asked", about=unlock, round=str(round_), asker=by.real_name, reason=unlock.reason,
                link=page,
            )  # fmt: skip
    return unlock


def answer_unlock(unlock: Unlock, *, agree: bool, by: User) -> None:
    """The second person agrees, and scores are taken again; or does not. Raises Refused for the one who asked."""
    if by.pk == unlock.asked_by_id and agree:
        raise Refused(CHECKS[TWO])
    with transaction.atomic(), recorded("round.unlocked" if agree else "round.unlock_refused", by=by):
        round_ = lock(unlock.round)
        answered: dict[str, Any] = {"answered_by": by, "answered_at": clock.now()}
        if not agree:
            move(unlock, "refuse", **answered)
            return
        move(unlock, "approve", **answered)
        move(round_, "unlock", locked_at=None)
        move(unlock, "use")


def publish(round_: Round, *, by: User) -> Publication:
    """Show the latest snapshot to everybody. Raises Refused while rules are undecided, or works tie across a line."""
    with transaction.atomic(), recorded("round.published", by=by):
        round_ = lock(round_)
        snapshot = round_.snapshots.first()
        if snapshot is None or round_.state not in DECIDED:
            raise Refused(NOT_LOCKED)
        waiting = [row.candidate.label for row in snapshot.rows.filter(undecided=True).select_related(CATEGORY)]
        refuse_if(check_publication(undecided(round_), waiting))
        return _show(round_, snapshot, by)


def retract(round_: Round, *, reason: str, by: User) -> None:
    """Take a published result down again. Raises Refused without a reason."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("round.retracted", by=by, reason=reason.strip()):
        round_ = lock(round_)
        round_.publications.filter(ended_at=None).update(ended_at=clock.now())
        move(round_, "retract", published_at=None)


def withdraw(candidate: Candidate, *, reason: str, by: User) -> Candidate:
    """A work leaves a round at any time; of a decided one a new snapshot shows it, and why."""
    with transaction.atomic():
        pool.withdraw(candidate, reason=reason, by=by)
        anew(candidate.round, f"{candidate.label} 退出：{reason.strip()}", by)
    return candidate


def decide_tie(round_: Round, order: Sequence[Candidate], *, reason: str, by: User) -> Snapshot | None:
    """The organiser orders works that tied to the end of the chain (Q30), best first. Raises Refused without a reason,
    or for works that do not share a place in the latest snapshot."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("tie.decided", by=by, reason=reason.strip()):
        round_ = lock(round_)
        last = round_.snapshots.first()
        places = Counter(last.rows.filter(candidate__in=order).values_list("rank", flat=True)) if last else Counter()
        if len(order) < 2 or len(places) != 1 or places.total() != len(order):
            raise Refused(Problem("tie.none", "这些作品没有并列在同一名次，请只填并列的作品，至少两件"))
        now = clock.now()
        TieDecision.objects.filter(round=round_, candidate__in=order).delete()
        TieDecision.objects.bulk_create(
            TieDecision(
                round=round_, candidate=one, position=n, reason=reason.strip()[:300], decided_by=by, decided_at=now
            )
            for n, one in enumerate(order, 1)
        )
        return anew(round_, f"组委会决定同分次序：{reason.strip()}", by)


def pick(round_: Round, candidate: Candidate, rule_position: int, *, reason: str, by: User) -> Snapshot | None:
    """Take a work across an open line, or beyond a rule that allows it (N26). Raises Refused where none does."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("advance.picked", by=by, reason=reason.strip()):
        round_ = lock(round_)
        rule = round_.advance_rules.get(position=rule_position)
        if last := round_.snapshots.first():
            refuse_if(check_picks(advance_of(rule), _standings(round_, last), {candidate.label: reason.strip()}))
        AdvancePick.objects.update_or_create(
            rule=rule,
            candidate=candidate,
            defaults={"reason": reason.strip()[:300], "picked_by": by, "picked_at": clock.now()},
        )
        return anew(round_, f"增补晋级 {candidate.label}：{reason.strip()}", by)


def _standings(round_: Round, snapshot: Snapshot) -> list[Standing]:
    """The works of a snapshot as the rule of advancement sees them."""
    rows = snapshot.rows.filter(candidate__state="in").select_related(CATEGORY, "candidate__entry__track")
    return [_standing(round_, row.candidate, row.rank) for row in rows]


def _standing(round_: Round, candidate: Candidate, rank: int | None) -> Standing:
    return Standing(
        work=candidate.label,
        rank=rank,
        category=round_.letter,
        track=candidate.entry.track.code,
        group=candidate.group,
        region=candidate.region,
        passed=True,
    )


def advance(round_: Round, following: Round, *, by: User) -> list[Candidate]:
    """Put the works that go on into the following round's pool. Raises Refused unless the result is public."""
    if following.follows_id != round_.pk or round_.state != "published":
        raise Refused(Problem("round.not_published", f"{round_}公布以后，晋级名单才能进入下一轮"))
    with transaction.atomic():
        places = pool.advanced(following).select_related("candidate__entry", "candidate__version").order_by("position")
        things = [
            pool.Thing(
                entry=place.candidate.entry,
                key=place.candidate.key,
                title=place.candidate.title,
                version=place.candidate.version,
                topics=tuple(place.candidate.topics),
                group=place.candidate.group,
                submitted_at=place.candidate.submitted_at,
            )
            for place in places
        ]
        return pool.add(following, things, by=by, reason=f"{round_}晋级")


def undecided(round_: Round) -> list[str]:
    """Questions of the round that the edition leaves open: they block publication (decision 3)."""
    if round_.amended:
        return []
    rulebook = round_.edition.rulebook
    like = round_.code
    if round_.category is None:  # a theme's round is judged as the first online one
        like = next((one.code for one in rulebook.rounds if one.kind == "online_review"), "")
    number = next((n for n, one in enumerate(rulebook.rounds) if one.code == like), None)
    if number is None:
        return []
    code = rulebook.rounds[number].rubric
    if round_.category is None and rulebook.points:
        code = rulebook.points.rubric
    rubric = next((n for n, one in enumerate(rulebook.rubrics) if one.code == code), None)
    paths = (f"rounds[{number}]", f"rubrics[{rubric}]")
    return sorted({point.question for point in rulebook.undecided if point.path.startswith(paths)})


CATEGORY = "candidate__round__category"


def anew(round_: Round, reason: str, who: User) -> Snapshot | None:
    """Of a decided round, a new snapshot; of a published one it is shown at once, with the reason."""
    round_ = lock(round_)
    if round_.state not in DECIDED:
        return None
    with recorded("round.snapshot", by=who, reason=reason):
        snapshot = _freeze(round_, by=who, reason=reason)
        if round_.state == "published":
            _show(round_, snapshot, who)
    return snapshot


def _show(round_: Round, snapshot: Snapshot, by: User) -> Publication:
    now = clock.now()
    round_.publications.filter(ended_at=None).update(ended_at=now)
    if round_.state == "locked":
        move(round_, "publish", published_at=now)
    return Publication.objects.create(round=round_, snapshot=snapshot, by=by, at=now)


def _rows(
    round_: Round, snapshot: Snapshot, inputs: ranking.Inputs, outcome: ranking.Ranking
) -> list[RankingRow]:  # fmt: skip
    expert = next((panel.code for panel in inputs.rules.panels if panel.kind == "expert"), "expert")
    scores = ranking.scores_of(inputs, expert)
    beside = {one.work: one for one in ranking.side_by_side(scores, k=inputs.rules.k)} if scores else {}
    works = {c.label: c for c in round_.candidates.taking_part().select_related("round__category", "entry__track")}
    purposes, waiting = _purposes(round_, works, outcome)
    return [
        RankingRow(
            snapshot=snapshot,
            candidate=works[row.work],
            rank=row.rank,
            position=position,
            score=row.score,
            mean=one.raw if (one := beside.get(row.work)) else None,
            standard=one.standard if one else None,
            adjusted=one.adjusted if one else None,
            spread=one.spread if one else None,
            judges=len(one.scores) if one else 0,
            scores=sorted(score for _, score in one.scores) if one else [],
            undecided=row.work in waiting,
            purposes=purposes[row.work],
            note=row.why[:200],
        )
        for position, row in enumerate(outcome.rows, 1)
    ]


def _purposes(
    round_: Round, works: dict[str, Candidate], outcome: ranking.Ranking
) -> tuple[dict[str, list[str]], set[str]]:
    """What each work goes on to, rule by rule; and the works that wait for the organiser at a line."""
    standings = [_standing(round_, works[row.work], row.rank) for row in outcome.rows]
    found: dict[str, list[str]] = defaultdict(list)
    waiting: set[str] = set()
    for stored in round_.advance_rules.all():
        picks = {pick.candidate.label: pick.reason for pick in stored.picks.select_related(CATEGORY)}
        for verdict in apply_rule(advance_of(stored), standings, picks).verdicts:
            if verdict.outcome == "in":
                found[verdict.work].append(stored.purpose or "晋级")
            elif verdict.outcome == "open":
                waiting.add(verdict.work)
    return found, waiting
