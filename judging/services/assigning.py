"""Who judges what: a proposal worked out by a job, looked at, published; and later changes that keep what stands."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.jobs.services import enqueue
from core.links import link_to
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move

from ..models import Assignment, Candidate, Judge, Pairing, Plan, Recusal, Round, ScoreSheet
from ..rules import assignment as rule
from ..states import DECIDED
from . import recusing
from .adoption import NO_REASON, lock
from .numbering import codes, order
from .telling import tell_judge, tell_organisers

_INSERT = """
    INSERT INTO judging_assignment (round_id, plan_id, assigned_at, state, judge_id, candidate_id, code, position)
    SELECT %s, %s, %s, 'active', * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[])
"""
STALE = Problem("plan.stale", "算好之后作品、评委或回避有变化，请重新计算再发布")
DECIDED_ALREADY = Problem("round.decided", "本轮评分已经封存，不能再分配")


def set_pair(judge: Judge, candidate: Candidate, wanted: bool | None, *, reason: str, by: User) -> None:
    """The organiser wants a pair in the next distribution, forbids it, or (None) leaves it to the rule again.

    Raises Refused without a reason. Pairs that stand already are not touched.
    """
    refuse_if([] if reason.strip() else [NO_REASON])
    verb = "pair.cleared" if wanted is None else "pair.set"
    with transaction.atomic(), recorded(verb, by=by, reason=reason.strip()):
        if wanted is None:
            Pairing.objects.filter(judge=judge, candidate=candidate).delete()
            return
        values = {"wanted": wanted, "reason": reason.strip()[:300]}
        Pairing.objects.update_or_create(judge=judge, candidate=candidate, defaults=values)


def ask(round_: Round, *, by: User | None, seed: int | None = None) -> Plan:
    """Have a distribution worked out by a job; a proposal that still waits is discarded.

    seed: the same gives the same plan. Raises Refused without works or judges, or once the round is locked.
    """
    with transaction.atomic(), recorded("plan.asked", by=by):
        round_ = lock(round_)
        refuse_if(_problems(round_))
        for old in round_.plans.filter(state__in=("queued", "ready")):
            move(old, "discard")
        seed = random.SystemRandom().randrange(1, 10**6) if seed is None else seed
        plan = Plan.objects.create(round=round_, seed=seed, asked_by=by, asked_at=clock.now())
        enqueue("judging.plan", str(plan.pk))
    return plan


def discard(plan: Plan, *, by: User) -> None:
    """Put a proposal aside."""
    with transaction.atomic(), recorded("plan.discarded", by=by):
        move(plan, "discard")


def work_out(plan: Plan) -> Plan:
    """Run by the job: find conflicts, solve, keep the proposal. Harmless when run twice or after a kill.

    Progress is committed on the way; a plan that was discarded meanwhile stays so.
    """
    if plan.state != "queued":
        return plan
    started = time.monotonic()
    _progress(plan, 5)
    recusing.find(plan.round)
    _progress(plan, 25)
    request = request_of(plan.round, seed=plan.seed)
    _progress(plan, 45)
    found = rule.plan(request)
    _progress(plan, 95)
    values: dict[str, Any] = {
        "judges": [int(judge) for _, judge in found.added],
        "candidates": [int(work) for work, _ in found.added],
        "problems": [problem.message[:300] for problem in found.problems],
        "parts": found.parts,
        "seconds": Decimal(str(round(time.monotonic() - started, 2))),
        "done": 100,
    }
    try:
        with transaction.atomic(), recorded("plan.worked_out", by=None):
            move(plan, "finish" if found.possible else "fail", **values)
    except StaleState:
        plan.refresh_from_db()
    return plan


def publish(plan: Plan, *, by: User | None) -> int:
    """Put the works before the judges, and tell them. Returns how many new assignments.

    Raises Refused when works, judges or conflicts have changed since, StaleState when it was published or discarded.
    """
    with transaction.atomic(), recorded("plan.published", by=by):
        round_ = lock(plan.round)
        if round_.state in DECIDED:
            raise Refused(DECIDED_ALREADY)
        move(plan, "publish", published_at=clock.now())
        refuse_if(_check_fresh(round_, plan.pairs))
        made = give(round_, plan.pairs, plan=plan)
        for judge in Judge.objects.filter(pk__in=set(plan.judges)).select_related("user"):
            tell_judge(
                judge,
                "works-assigned",
                judge,
                f"plan-{plan.pk}",
                round=str(round_),
                works=Counter(plan.judges)[judge.pk],
                opens=round_.opens_at,
                deadline=round_.closes_at,
                link=link_to("judge"),
            )
    return made


def refill(round_: Round) -> Plan | None:
    """Run by a job: after a recusal or a judge's leaving, give what lacks judges to others, keeping what stands.

    Where it cannot be done, or the first distribution was never published, the organiser is told and decides.
    """
    if round_.state in DECIDED or not round_.assignments.exists():
        return None
    recusing.find(round_)
    last = round_.plans.filter(state="published").first()
    seed = last.seed if last else 1
    found = rule.plan(request_of(round_, seed=seed))
    with transaction.atomic(), recorded("plan.asked", by=None):
        if not found.possible:
            words = "；".join(problem.message for problem in found.problems if problem.blocks)[:500]
            occasion = f"{clock.now():%Y%m%d%H}"
            tell_organisers("work-unassigned", round_, occasion, round=str(round_), words=words)
            return None
        if not found.added:
            return None
        for old in lock(round_).plans.filter(state__in=("queued", "ready")):
            move(old, "discard")
        plan = Plan.objects.create(round=round_, seed=seed, asked_at=clock.now())
        move(
            plan,
            "finish",
            judges=[int(judge) for _, judge in found.added],
            candidates=[int(work) for work, _ in found.added],
            parts=found.parts,
            done=100,
        )
        publish(plan, by=None)
    return plan


def give(round_: Round, pairs: Iterable[tuple[int, int]], *, plan: Plan | None = None) -> int:
    """Write assignments, in the caller's transaction: (judge, candidate) pairs that stand by no other.

    A pair that was released before stands again, under its old number. Returns how many. Numbers are drawn at random,
    another series for each judge; the order too, anchors first.
    """
    works: dict[int, list[int]] = defaultdict(list)
    for judge, candidate in pairs:
        works[judge].append(candidate)
    held = defaultdict(dict)  # type: ignore[var-annotated]  # judge → candidate → (key, code, position, state)
    for pk, judge, candidate, code, position, state in Assignment.objects.filter(judge__in=works).values_list(
        "pk", "judge_id", "candidate_id", "code", "position", "state"
    ):
        held[judge][candidate] = (pk, code, position, state)
    anchors = set(round_.candidates.filter(anchor=True).values_list("pk", flat=True))
    fresh: list[tuple[int, int, str, int]] = []
    renewed: list[int] = []
    for judge, candidates in works.items():
        mine = held[judge]
        renewed += [mine[one][0] for one in candidates if one in mine and mine[one][3] == "released"]
        new = order([one for one in candidates if one not in mine], anchors)
        last = max((position for _, _, position, _ in mine.values()), default=0)
        numbers = codes(len(new), taken=[code for _, code, _, _ in mine.values()])
        fresh += [(judge, one, code, last + n) for n, (one, code) in enumerate(zip(new, numbers, strict=True), 1)]
    _insert(round_, fresh, plan)
    if renewed:
        again = Assignment.objects.filter(pk__in=renewed, state="released")
        again.update(state="active", released_at=None, plan=plan)
        recusing.revive_sheets(renewed)
    return len(fresh) + len(renewed)


def _insert(round_: Round, rows: Sequence[tuple[int, int, str, int]], plan: Plan | None) -> None:
    """(judge, candidate, code, position) as assignments: one statement, three times as fast as so many objects."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, [round_.pk, plan.pk if plan else None, clock.now(), *map(list, zip(*rows, strict=True))]
        )


def request_of(round_: Round, *, seed: int) -> rule.Request:
    """The round as the rule about distribution sees it: works and judges by key, what stands, what must not be.

    A judge who left with signed sheets is there with no room for more: what they signed counts, and is not replaced.
    """
    candidates = list(round_.candidates.taking_part())
    judges = list(round_.judges.active().filter(panel__kind="expert"))
    left: Counter[int] = Counter()
    if round_.judges_per_work:
        left = Counter(round_.assignments.active().filter(judge__state="removed").values_list("judge_id", flat=True))
        judges += round_.judges.filter(pk__in=left)
    ours = {_key(judge.pk) for judge in judges}
    works = {_key(candidate.pk) for candidate in candidates}
    conflicts: dict[rule.Pair, str] = {
        (_key(candidate), _key(judge)): reason or code
        for judge, candidate, reason, code in Recusal.objects.filter(
            judge__round=round_, lifted_at=None
        ).values_list("judge_id", "candidate_id", "reason", "code")
    }  # fmt: skip
    pinned: set[rule.Pair] = set()
    for judge, candidate, wanted, reason in Pairing.objects.filter(judge__round=round_).values_list(
        "judge_id", "candidate_id", "wanted", "reason"
    ):
        if wanted:
            pinned.add((_key(candidate), _key(judge)))
        else:
            conflicts.setdefault((_key(candidate), _key(judge)), reason)
    abstained = ScoreSheet.objects.filter(round=round_, assignment__state="active").exclude(abstained="")
    for judge, candidate in abstained.values_list("assignment__judge_id", "assignment__candidate_id"):
        conflicts.setdefault((_key(candidate), _key(judge)), "已弃权")  # somebody else judges it instead
    seats = ours - {_key(judge) for judge in left}
    anchors = {(_key(work.pk), seat) for work in candidates if work.anchor for seat in seats}
    pinned |= {pair for pair in anchors if pair not in conflicts}
    stands = Assignment.objects.filter(round=round_, state="active").values_list("candidate_id", "judge_id")
    kept = {(_key(work), _key(judge)) for work, judge in stands}
    return rule.Request(
        works=tuple(_work(round_, candidate) for candidate in candidates),
        judges=tuple(
            rule.Judge(_key(judge.pk), frozenset(judge.topics), judge.city, left.get(judge.pk), judge.label)
            for judge in judges
        ),
        per_work=round_.judges_per_work,
        conflicts={pair: why for pair, why in conflicts.items() if pair[0] in works and pair[1] in ours},
        pinned=frozenset(pair for pair in pinned if pair[0] in works and pair[1] in ours),
        kept=frozenset(p for p in kept if p[0] in works and p[1] in ours and p not in conflicts),
        same_city=round_.same_city,
        seed=seed,
    )


def _key(pk: int) -> str:
    """In the order of the keys themselves, so that a plan depends on its seed and not on how long the numbers are."""
    return f"{pk:012}"


def _work(round_: Round, candidate: Candidate) -> rule.Work:
    label = f"作品 {round_.letter}-{candidate.number:04d}"
    return rule.Work(_key(candidate.pk), frozenset(candidate.topics), candidate.region, label)


def _problems(round_: Round) -> list[Problem]:
    if round_.state in DECIDED:
        return [DECIDED_ALREADY]
    problems = []
    if not round_.candidates.taking_part().exists():
        problems.append(Problem("pool.empty", "本轮还没有参评作品，请先列入"))
    if not round_.judges.active().exists():
        problems.append(Problem("judges.none", "本轮还没有评委到任，请先邀请"))
    return problems


def _check_fresh(round_: Round, pairs: Sequence[tuple[int, int]]) -> list[Problem]:
    """Every judge and work is still there, no pair has come into conflict or been given meanwhile."""
    judges = set(round_.judges.active().values_list("pk", flat=True))
    candidates = set(round_.candidates.taking_part().values_list("pk", flat=True))
    barred = set(Recusal.objects.filter(judge__round=round_, lifted_at=None).values_list("judge_id", "candidate_id"))
    held = Assignment.objects.filter(round=round_, state="active").values_list("judge_id", "candidate_id")
    taken = barred | set(held)
    wrong = any(j not in judges or c not in candidates or (j, c) in taken for j, c in pairs)
    return [STALE] if wrong else []


def _progress(plan: Plan, done: int) -> None:
    """Committed at once, so that the page shows how far the job is."""
    Plan.objects.filter(pk=plan.pk, state="queued").update(done=done)
