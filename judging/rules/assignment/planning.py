"""From a request to a plan."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.problems import Problem
from judging.rules.ranking.graph import groups_of

from .connecting import connect
from .facts import Judge, Load, Pair, Plan, Request, Work
from .flow import FORBIDDEN, OUTSIDE, OWN_CITY, Grid, assign, dice


def plan(request: Request) -> Plan:
    """See the package."""
    desk = _Desk.of(request)
    kept, fixed = desk.standing()
    problems = [*desk.strange(), *desk.missing(fixed)]
    if any(problem.blocks for problem in problems):
        return desk.plan(kept, kept, 0, problems)
    if request.per_work is None:
        pairs = {(work.code, judge.code) for work in desk.works for judge in desk.judges}
        return desk.plan(kept, fixed | (pairs - set(request.conflicts)), 0, problems)
    costs = desk.costs()
    found = desk.filled(fixed, costs)
    if short := desk.short(found):
        return desk.plan(kept, kept, 0, [*problems, *short])
    exchanged = 0
    if request.connect and request.per_work > 1:
        found, exchanged = desk.connected(found, fixed, costs)
    return desk.plan(kept, found, exchanged, problems)


@dataclass(frozen=True)
class _Desk:
    """A request with everything in order and by index."""

    request: Request
    works: tuple[Work, ...]
    judges: tuple[Judge, ...]
    row: dict[str, int]
    column: dict[str, int]

    @classmethod
    def of(cls, request: Request) -> "_Desk":
        works = tuple(sorted(request.works, key=lambda work: work.code))
        judges = tuple(sorted(request.judges, key=lambda judge: judge.code))
        rows = {work.code: at for at, work in enumerate(works)}
        return cls(request, works, judges, rows, {judge.code: at for at, judge in enumerate(judges)})

    # --- What is fixed, and what is wrong with it ----------------------------------------------------------

    def known(self, pair: Pair) -> bool:
        return pair[0] in self.row and pair[1] in self.column

    def standing(self) -> tuple[frozenset[Pair], frozenset[Pair]]:
        """(kept pairs, kept and pinned pairs), as far as works and judges are still there and may meet."""
        may = {pair for pair in self.request.kept | self.request.pinned if self.known(pair)} - set(
            self.request.conflicts
        )
        return frozenset(self.request.kept & may), frozenset(may)

    def strange(self) -> Iterator[Problem]:
        """Pinned pairs that must not be; kept ones that no longer may."""
        for pair in sorted(self.request.pinned):
            if not self.known(pair):
                said = f"指定的“{pair[0]} — {pair[1]}”不在本轮的作品或评委中，请取消这一指定"
                yield Problem("assignment.pinned_unknown", said, field=pair[0])
            elif reason := self.request.conflicts.get(pair):
                said = f"{self.named(pair[0])}指定给{self.judge(pair[1])}，但须回避（{reason}），请取消这一指定"
                yield Problem("assignment.pinned_conflict", said, field=pair[0])
        for pair in sorted(self.request.kept & set(self.request.conflicts)):
            said = f"{self.named(pair[0])}原由{self.judge(pair[1])}评审，现须回避，另行分配"
            yield Problem("assignment.kept_conflict", said, field=pair[0], level="warning")

    def missing(self, fixed: frozenset[Pair]) -> Iterator[Problem]:
        """Too few judges, told before anything is tried."""
        per_work = self.request.per_work
        if not self.judges:
            yield Problem("assignment.no_judges", "本轮还没有评委，请先邀请评委")
            return
        barred = Counter(pair[0] for pair in self.request.conflicts if self.known(pair))
        for work in self.works:
            left = len(self.judges) - barred[work.code]
            if left < (per_work or 1):
                said = f"{self.named(work.code)}只有 {left} 位无回避评委，需要 {per_work or 1} 位，请增加评委或核对回避"
                yield Problem("assignment.few_judges", said, field=work.code)
        if per_work is None:
            return
        loads = Counter(judge for _, judge in fixed)
        for judge in self.judges:
            if judge.capacity is not None and loads[judge.code] > judge.capacity:
                said = f"{self.judge(judge.code)}已有 {loads[judge.code]} 件，超过上限 {judge.capacity} 件，请调整上限"
                yield Problem("assignment.over_capacity", said, field=judge.code, level="warning")
        wanted = sum(self.wanted(fixed))
        room = sum(min(self.room(judge, loads[judge.code]), len(self.works)) for judge in self.judges)
        if room < wanted:
            said = f"评委的件数上限合计还容得下 {room} 份，需要 {wanted} 份，请提高上限或增加评委"
            yield Problem("assignment.capacity", said)

    def short(self, found: frozenset[Pair]) -> list[Problem]:
        """Works that the flow could not serve in full, though judges without conflict exist."""
        have = Counter(work for work, _ in found)
        return [
            Problem(
                "assignment.short",
                f"{self.named(work.code)}还差 {self.request.per_work - have[work.code]} 位评委："
                "无回避的评委都已到件数上限，请提高上限或增加评委",
                field=work.code,
            )
            for work in self.works
            if self.request.per_work and have[work.code] < self.request.per_work
        ]

    # --- Filling it -----------------------------------------------------------------------------------------

    def wanted(self, fixed: frozenset[Pair]) -> list[int]:
        have = Counter(work for work, _ in fixed)
        return [max(0, (self.request.per_work or 0) - have[work.code]) for work in self.works]

    @staticmethod
    def room(judge: Judge, load: int) -> int:
        return 1_000_000 if judge.capacity is None else max(0, judge.capacity - load)

    def costs(self) -> Grid:
        """What every pair costs; FORBIDDEN where there is a conflict."""
        costs = dice(len(self.works), len(self.judges), self.request.seed)
        for at, judge in enumerate(self.judges):
            if judge.expertise:
                outside = [_outside(work, judge) for work in self.works]
                costs[:, at] += OUTSIDE * np.asarray(outside, dtype=np.int64)
            if judge.city and not self.request.same_city:
                costs[:, at] += OWN_CITY * np.asarray([w.city == judge.city for w in self.works], dtype=np.int64)
        for pair in self.request.conflicts:
            if self.known(pair):
                costs[self.row[pair[0]], self.column[pair[1]]] = FORBIDDEN
        return costs

    def filled(self, fixed: frozenset[Pair], costs: Grid) -> frozenset[Pair]:
        open_ = costs.copy()
        for work, judge in fixed:
            open_[self.row[work], self.column[judge]] = FORBIDDEN
        loads = Counter(judge for _, judge in fixed)
        held = [loads[judge.code] for judge in self.judges]
        room = [self.room(judge, load) for judge, load in zip(self.judges, held, strict=True)]
        added = assign(open_, self.wanted(fixed), held, room)
        return fixed | {(self.works[row].code, self.judges[column].code) for row, column in np.argwhere(added)}

    def connected(self, found: frozenset[Pair], fixed: frozenset[Pair], costs: Grid) -> tuple[frozenset[Pair], int]:
        """Nothing but new pairs is exchanged, in the dice's order, and no new pair of one city is made."""

        def cost(work: str, judge: str) -> int:
            return int(costs[self.row[work], self.column[judge]])

        def price(one: Pair, two: Pair) -> int | None:
            crossed = (cost(one[0], two[1]), cost(two[0], one[1]))
            if FORBIDDEN in crossed or max(crossed) >= OWN_CITY:
                return None
            return sum(crossed) - cost(*one) - cost(*two)

        rolled = dice(len(self.works), len(self.judges), self.request.seed + 1)
        movable = sorted(found - fixed, key=lambda p: (int(rolled[self.row[p[0]], self.column[p[1]]]), p))
        return connect(found, movable, price)

    # --- Telling it -----------------------------------------------------------------------------------------

    def named(self, code: str) -> str:
        work = self.works[self.row[code]] if code in self.row else None
        return work.label if work and work.label else f"作品 {code}"

    def judge(self, code: str) -> str:
        judge = self.judges[self.column[code]] if code in self.column else None
        return judge.label if judge and judge.label else f"评委 {code}"

    def plan(self, kept: frozenset[Pair], pairs: frozenset[Pair], exchanged: int, problems: list[Problem]) -> Plan:
        added = pairs - kept
        loads = self.loads(pairs, added)
        parts = len(groups_of(pairs))
        if added:
            problems = [*problems, *self.warnings(loads, parts)]
        return Plan(tuple(sorted(pairs)), tuple(sorted(added)), loads, parts, exchanged, tuple(problems))

    def loads(self, pairs: frozenset[Pair], added: frozenset[Pair]) -> tuple[Load, ...]:
        works: Counter[str] = Counter(judge for _, judge in pairs)
        fresh: Counter[str] = Counter(judge for _, judge in added)
        outside: Counter[str] = Counter()
        own_city: Counter[str] = Counter()
        for work_code, judge_code in pairs:
            work, judge = self.works[self.row[work_code]], self.judges[self.column[judge_code]]
            outside[judge_code] += _outside(work, judge)
            own_city[judge_code] += bool(judge.city and work.city == judge.city)
        return tuple(
            Load(judge.code, works[judge.code], fresh[judge.code], outside[judge.code], own_city[judge.code])
            for judge in self.judges
        )

    def warnings(self, loads: tuple[Load, ...], parts: int) -> Iterator[Problem]:
        """What may be published, and should be seen first."""
        if parts > 1:
            said = f"作品与评委没有连成一片，分成 {parts} 组，组间的评委松紧无法比较"
            yield Problem("assignment.unconnected", f"{said}；请增加每件作品的评委或放宽专长", level="warning")
        if not self.request.same_city and (own := sum(load.same_city for load in loads)):
            said = f"{own} 份评审分给了作品所在地市的评委，别处评委不够"
            yield Problem("assignment.own_city", f"{said}；如同意同城评审，请勾选“允许同城”", level="warning")
        if outside := sum(load.outside for load in loads):
            yield Problem("assignment.outside", f"{outside} 份评审不在评委专长之内，请核对专长", level="warning")
        if self.request.per_work is not None and max(v.works for v in loads) - min(v.works for v in loads) > 2:
            low, high = min(load.works for load in loads), max(load.works for load in loads)
            said = f"评委的件数从 {low} 件到 {high} 件，不够均匀（回避、同城或上限所致，或因原有分配不动）"
            yield Problem("assignment.uneven", said, level="warning")


def _outside(work: Work, judge: Judge) -> bool:
    """The judge told an expertise, the work told topics, and they have nothing in common."""
    return bool(work.topics and judge.expertise) and not work.topics & judge.expertise
