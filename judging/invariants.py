"""What must always hold of rounds, assignments, sheets and frozen results."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q

from core.audit.invariants import Finding, states_are_legal

from .models import Assignment, Candidate, Judge, Plan, Recusal, Round, ScoreMark, ScoreSheet, Session, Snapshot, Unlock
from .rules import ranking
from .services.facts import criteria_of
from .states import DECIDED

STATEFUL = (Round, Candidate, Judge, ScoreSheet, Plan, Unlock, Session)  # assignments keep no first version


def invariants() -> Iterator[Finding]:
    """Nobody judges in conflict; totals follow from marks; a decided round has its snapshot, which recomputes."""
    barred = Recusal.objects.filter(judge=OuterRef("judge"), candidate=OuterRef("candidate"), lifted_at=None)
    wrong = Assignment.objects.filter(Exists(barred), state="active")
    yield "没有评委在评应回避的作品", [f"分配 {one.pk}" for one in wrong]
    astray = Assignment.objects.exclude(judge__round=F("round"), candidate__round=F("round"))
    yield "分配、评委、作品属于同一轮", [f"分配 {one.pk}" for one in astray]
    void = ScoreSheet.objects.exclude(state="void").filter(assignment__state="released")
    yield "撤回的分配没有有效评分", [f"评分表 {one.pk}" for one in void]
    yield "合计等于要点分的加权平均", list(_wrong_totals())
    both = Q(asked_by=F("answered_by"), state__in=("approved", "used"))
    yield "解封都由两个人办", [f"解封申请 {one.pk}" for one in Unlock.objects.filter(both)]
    decided = Round.objects.filter(state__in=DECIDED, kind__in=("online_review", "roadshow"))
    yield "封存的轮次都有快照", [f"轮次 {one.pk}" for one in decided.filter(snapshots=None)]
    shown = Round.objects.filter(state="published").exclude(publications__ended_at=None, publications__isnull=False)
    yield "公布的轮次都有公布的快照", [f"轮次 {one.pk}" for one in shown]
    yield "快照与其指纹相符，名次可以重算", list(_wrong_snapshots())
    yield "选票选的都是本场的队，每个身份不超过规定的票数", list(_wrong_ballots())
    for model in STATEFUL:
        yield states_are_legal(model)


def _wrong_totals() -> Iterator[str]:
    rules: dict[int, ranking.Rules] = {}
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    sheets = ScoreSheet.objects.filter(total__isnull=False).select_related("round")
    for key, code, points in ScoreMark.objects.values_list("sheet_id", "criterion__code", "points").iterator():
        marks[key][code] = points
    for sheet in sheets.iterator():
        if sheet.round_id not in rules:
            rules[sheet.round_id] = ranking.Rules("mean", criteria_of(sheet.round))
        try:
            right: Decimal | None = ranking.total_of(ranking.Sheet("", "", marks[sheet.pk]), rules[sheet.round_id])
        except KeyError:
            right = None
        if sheet.total != right:
            yield f"评分表 {sheet.pk}"


def _wrong_ballots() -> Iterator[str]:
    for session in Session.objects.exclude(ballots=None):
        turns = set(session.turns.values_list("pk", flat=True))
        votes: Counter[str] = Counter()
        for pk, identity, choices, turn in session.ballots.values_list("pk", "identity", "choices", "turn_id"):
            votes[identity] += len(choices)
            if not turns.issuperset(choices) or (turn and choices != [turn]):
                yield f"选票 {pk}"
        if any(count > session.choices_max for count in votes.values()):
            yield f"现场 {session.code} 有人多投"


def _wrong_snapshots() -> Iterator[str]:
    for snapshot in Snapshot.objects.iterator():
        inputs = ranking.inputs_from(snapshot.inputs)
        right = ranking.digest_of(inputs) == snapshot.sha256
        if not right or ranking.result_of(ranking.rank(inputs)) != snapshot.result:
            yield f"快照 {snapshot.pk}"
