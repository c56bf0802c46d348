"""Works that lack judges though the round is distributed: added late, or left by a judge who went; 补配."""

from collections import Counter
from dataclasses import dataclass

from core.accounts.models import User

from ..models import Candidate, Plan, Recusal, Round
from . import assigning


@dataclass(frozen=True)
class Gap:
    """One work before fewer judges than the round asks for."""

    candidate: Candidate
    have: int
    wanted: int

    @property
    def why(self) -> str:
        """新增作品: nobody has it yet; 缺位: somebody left, recused or abstained."""
        return "缺位" if self.have else "新增作品"


def gaps(round_: Round) -> list[Gap]:
    """Works short of judges, by number; none before the first distribution. Whoever abstained does not count."""
    if not round_.assignments.exists():
        return []
    judges = set(round_.judges.active().filter(panel__kind="expert").values_list("pk", flat=True))
    stands = round_.assignments.active().exclude(sheet__state="abstained")
    barred: Counter[int] = Counter()
    if round_.judges_per_work is None:  # the whole panel, whoever may
        stands = stands.filter(judge__in=judges)
        recusals = Recusal.objects.filter(judge__in=judges, lifted_at=None).values_list("judge_id", "candidate_id")
        barred = Counter(candidate for _, candidate in set(recusals))
        abstained = round_.assignments.active().filter(judge__in=judges, sheet__state="abstained")
        barred += Counter(abstained.values_list("candidate_id", flat=True))
    have = Counter(stands.values_list("candidate_id", flat=True))
    found = []
    for one in round_.candidates.taking_part().select_related("round__category"):
        wanted = round_.judges_per_work or len(judges) - barred[one.pk]
        if have[one.pk] < wanted:
            found.append(Gap(one, have[one.pk], wanted))
    return found


def fill(round_: Round, *, by: User) -> Plan:
    """Have the missing judges worked out, under the seed of the last distribution; every pair that stands is kept.

    Raises Refused as `assigning.ask`.
    """
    last = round_.plans.filter(state="published").first()
    return assigning.ask(round_, by=by, seed=last.seed if last else None)
