"""回避: found by the rules or declared by people, before the distribution and at any time after."""

from collections.abc import Iterable

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.jobs.services import enqueue
from core.problems import Problem, Refused, refuse_if
from core.states import move

from ..models import Assignment, Candidate, Judge, Recusal, Round, ScoreSheet
from ..rules.conflicts import Conflict, all_conflicts
from ..states import DECIDED
from .conflict_facts import entries_of, judges_of, register
from .scoring import guards_in_words
from .telling import tell_organisers

NO_REASON = Problem("recusal.reason", "请选择或写明回避的原因，例如师生、亲属、同单位", "reason")
DECIDED_ALREADY = Problem("round.decided", "本轮评分已经封存。要处理这件回避，请组委会先解封")


def declare(judge: Judge, candidate: Candidate, *, found_by: str, reason: str, by: User) -> Recusal:
    """A judge must not judge a work: said by the judge (一键回避), a contact or the organiser.

    The sheet, if there is one, is void at once, and a job gives the work to somebody else. Raises Refused without a
    reason or once the round is locked.
    """
    reason = reason.strip()[:300]
    refuse_if([] if reason else [NO_REASON])
    with guards_in_words(), transaction.atomic(), recorded("recusal.declared", by=by, reason=reason):
        if Round.objects.values_list("state", flat=True).get(pk=judge.round_id) in DECIDED:
            raise Refused(DECIDED_ALREADY)
        recusal, made = Recusal.objects.get_or_create(
            judge=judge,
            candidate=candidate,
            lifted_at=None,
            defaults={
                "found_by": found_by,
                "code": f"declared_{found_by}",
                "reason": reason,
                "declared_by": by,
                "declared_at": clock.now(),
            },
        )
        if made:
            _release_pairs([recusal])
    return recusal


def recuse(assignment: Assignment, *, reason: str, by: User) -> Recusal:
    """一键回避: the judge hands a work back. Raises Refused when it is not before them, or without a reason."""
    held = Assignment.objects.of(by).select_related("judge", "candidate").filter(pk=assignment.pk).first()
    if held is None:
        raise Refused(Problem("assignment.released", "这件作品已不在您名下"))
    return declare(held.judge, held.candidate, found_by="judge", reason=reason, by=by)


def lift(recusal: Recusal, *, reason: str, by: User) -> None:
    """The organiser finds no conflict; the pair may be assigned again. Raises Refused without a reason."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("recusal.lifted", by=by, reason=reason.strip()):
        Recusal.objects.filter(pk=recusal.pk, lifted_at=None).update(lifted_at=clock.now())


def find(round_: Round) -> list[Recusal]:
    """Ask the rules about every pair of an undecided round; keep what is new, and release what was assigned in spite.

    Pairs that the organiser has looked at and lifted are not found again.
    """
    if round_.state in DECIDED:
        return []
    judges = list(round_.judges.active().select_related("user"))
    candidates = list(round_.candidates.taking_part())
    by_code = {str(judge.pk): judge for judge in judges}
    by_work = {str(candidate.pk): candidate for candidate in candidates}
    found = all_conflicts(judges_of(judges), entries_of(candidates), register())
    known = set(Recusal.objects.filter(judge__round=round_).values_list("judge_id", "candidate_id"))
    first: dict[tuple[int, int], Conflict] = {}
    for conflict in found:
        pair = (by_code[conflict.judge].pk, by_work[conflict.work].pk)
        if pair not in known:
            first.setdefault(pair, conflict)
    if not first:
        return []
    with guards_in_words(), transaction.atomic(), recorded("recusal.found", by=None):
        now = clock.now()
        made = Recusal.objects.bulk_create(
            Recusal(
                judge_id=judge,
                candidate_id=candidate,
                found_by="rule",
                code=conflict.code[:40],
                reason=conflict.reason[:300],
                declared_at=now,
            )
            for (judge, candidate), conflict in first.items()
        )
        _release_pairs(made)
    return made


def release(assignment: Assignment) -> Assignment:
    """Take a work from a judge, in the caller's transaction: its sheet is void, and stays on record."""
    move(assignment, "release", released_at=clock.now())
    sheet = ScoreSheet.objects.filter(assignment=assignment).exclude(state="void").first()
    if sheet:
        move(sheet, "void")
    return assignment


def revive_sheets(assignments: Iterable[int]) -> None:
    """The sheets of assignments that stand again: drafts, with the marks they had."""
    ScoreSheet.objects.filter(assignment__in=list(assignments), state="void").update(state="draft")


def _release_pairs(recusals: Iterable[Recusal]) -> None:
    pairs = {(recusal.judge_id, recusal.candidate_id): recusal for recusal in recusals}
    held = Assignment.objects.filter(judge__in={j for j, _ in pairs}, candidate__in={c for _, c in pairs})
    for one in (
        held.filter(state="active").select_related("round", "judge", "candidate__round__category").order_by("pk")
    ):
        recusal = pairs.get((one.judge_id, one.candidate_id))
        if recusal is None:
            continue
        release(one)
        said = {"round": str(one.round), "judge": one.judge.label, "work": one.candidate.label}
        tell_organisers("work-released", one.round, f"recusal-{recusal.pk}", **said)
        enqueue("judging.refill", f"{one.round_id}-recusal-{recusal.pk}", {"round": one.round_id})
