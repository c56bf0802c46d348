"""A distribution as the organiser looks at it before publishing: each judge's load, and who gets which work."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from .models import Assignment, Candidate, Judge, Plan

SHOWN = 200  # works listed; a first distribution of thousands is looked at by its loads


@dataclass(frozen=True)
class Load:
    """One judge's works: standing before the plan, added by it."""

    judge: Judge
    stands: int
    added: int

    @property
    def total(self) -> int:
        """Once it is published."""
        return self.stands + self.added


@dataclass(frozen=True)
class Giving:
    """One work that gets judges: those it keeps, those it gets."""

    candidate: Candidate
    kept: list[str]
    added: list[str]


class PlanPage:
    """What a plan does; four queries, however many works."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.published = plan.state == "published"

    @cached_property
    def judges(self) -> dict[int, Judge]:
        """Of the round, in office or not, by key."""
        return {judge.pk: judge for judge in self.plan.round.judges.select_related("user")}

    @cached_property
    def loads(self) -> list[Load]:
        """Judges in office, by number."""
        added = Counter(self.plan.judges)
        held = Counter(self.plan.round.assignments.filter(state="active").values_list("judge_id", flat=True))
        return [
            Load(judge, held[judge.pk] - (added[judge.pk] if self.published else 0), added[judge.pk])
            for judge in self.judges.values()
            if judge.state == "active"
        ]

    @cached_property
    def givings(self) -> list[Giving]:
        """Works that get judges, by number, the first `SHOWN`."""
        fresh: dict[int, list[int]] = defaultdict(list)
        for judge, candidate in self.plan.pairs:
            fresh[candidate].append(judge)
        works = Candidate.objects.filter(pk__in=fresh).select_related("round__category").order_by("number")[:SHOWN]
        kept: dict[int, set[int]] = defaultdict(set)
        stands = Assignment.objects.filter(candidate__in=[work.pk for work in works], state="active")
        for candidate, judge in stands.values_list("candidate_id", "judge_id"):
            kept[candidate].add(judge)
        return [
            Giving(work, self._named(kept[work.pk] - set(fresh[work.pk])), self._named(fresh[work.pk]))
            for work in works
        ]

    @property
    def more(self) -> int:
        """Works that are not listed."""
        return len(set(self.plan.candidates)) - len(self.givings)

    def _named(self, keys: set[int] | list[int]) -> list[str]:
        found = sorted((self.judges[key] for key in keys if key in self.judges), key=lambda judge: judge.number)
        return [f"{judge.label} {judge.user.real_name}" for judge in found]
