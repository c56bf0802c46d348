"""From frozen rankings to prizes (G36, G40; Q15, Q23): every work gets an outcome with its reason.

    allocate([Level("first", "一等奖", 5, "final"), …], {"final": […], "review": […]}, Rulings()) → Allocation

The rule in five sentences. Levels are filled in their order, each from the ranking that it names. A work that is left
out, or whose entry has its prize already, takes no place: the next one moves up, so a place is neither lost nor
doubled. Works that share a rank across the end of a level wait for the organiser's order; meanwhile nobody of them has
a prize, and the places they contend for stay reserved, so that a count is never overrun. A count is a maximum: the
organiser may leave places vacant, and where too few works are left they are. The order in which works are given does
not matter.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from core.problems import Problem

NO_NUMBER = "通知没有写名额，由组委会写明后才分配"


@dataclass(frozen=True)
class Level:
    """等次. count: at most so many; None where the notice gives no number (K7). source: code of the ranking."""

    code: str
    name: str
    count: int | None
    source: str


@dataclass(frozen=True)
class Ranked:
    """One work as a frozen ranking has it."""

    key: str  # of the thing, the same in every ranking
    subject: str  # who would hold the prize: the entry
    rank: int | None  # 1, 2, 2, 4; None: no score
    said: str = ""  # what the ranking knows of it, in words: 得分 91.2500
    out: str = ""  # why it cannot have a prize; empty: it can


@dataclass(frozen=True)
class Rulings:
    """What the organiser decided, each with a reason kept beside it."""

    left_out: Mapping[str, str] = field(default_factory=dict)  # key → why it has no prize
    orders: Sequence[Sequence[str]] = ()  # keys that tied, best first
    counts: Mapping[str, int] = field(default_factory=dict)  # level → fewer places than the rule allows


@dataclass(frozen=True)
class Prize:
    """A work's prize."""

    key: str
    level: str
    position: int  # within the level, from 1
    rank: int
    reason: str


@dataclass(frozen=True)
class Missed:
    """A work that its ranking would have reached, and why it has no prize of it."""

    key: str
    source: str
    reason: str


@dataclass(frozen=True)
class Tied:
    """Works that share a rank across the end of a level: the organiser orders them."""

    source: str
    rank: int
    keys: tuple[str, ...]
    places: Mapping[str, int]  # level → how many places they contend for


@dataclass(frozen=True)
class Allocation:
    """The outcome."""

    prizes: tuple[Prize, ...]  # by level, then by position
    missed: tuple[Missed, ...]
    ties: tuple[Tied, ...]
    vacant: Mapping[str, int]  # level → places that nobody holds or contends for
    problems: tuple[Problem, ...]  # what stands against locking it

    def of(self, level: str) -> list[Prize]:
        """A level's prizes in order."""
        return [prize for prize in self.prizes if prize.level == level]


def allocate(
    levels: Sequence[Level],
    rankings: Mapping[str, Iterable[Ranked]],
    rulings: Rulings | None = None,
    *,
    one_each: bool = True,
    vacancies: bool = True,
) -> Allocation:
    """Fill the levels. one_each: a subject has one prize at most in this list (Q15). vacancies: places may stay empty
    (Q23); otherwise empty ones are a problem."""
    work = _Work(levels, rulings or Rulings(), one_each)
    for source, group in groupby(levels, key=lambda level: level.source):
        work.fill(list(group), source, list(rankings.get(source, ())))
    return work.outcome(vacancies=vacancies)


class _Work:
    """The allocation as it proceeds."""

    def __init__(self, levels: Sequence[Level], rulings: Rulings, one_each: bool) -> None:
        self.levels, self.rulings, self.one_each = levels, rulings, one_each
        self.left = {level.code: self._count(level) for level in levels}
        self.given: dict[str, list[Prize]] = defaultdict(list)
        self.holders: dict[str, str] = {}  # subject → the name of its level
        self.keys: set[str] = set()
        self.missed: list[Missed] = []
        self.ahead: Counter[str] = Counter()  # ranking → how many it named that took no place
        self.ties: list[Tied] = []

    def _count(self, level: Level) -> int:
        ruled = self.rulings.counts.get(level.code)
        if level.count is None:
            return ruled or 0
        return level.count if ruled is None else min(ruled, level.count)

    def fill(self, levels: list[Level], source: str, ranked: list[Ranked]) -> None:
        """Levels that follow each other and take from the same ranking."""
        for rank, group in _by_rank(ranked):
            if not any(self.left[level.code] for level in levels):
                return
            waiting = self._parted(self._eligible(group, source))
            while waiting:
                level = next((one for one in levels if self.left[one.code]), None)
                if level is None:
                    return
                if self._heads(waiting[0]) > self.left[level.code]:
                    self._tie(levels, source, rank, waiting.pop(0))
                    continue
                for one in waiting.pop(0):
                    self._give(one, level, rank, shared=len(group) > 1)

    def _eligible(self, group: list[Ranked], source: str) -> list[Ranked]:
        found = []
        for one in group:
            if why := self._why_not(one):
                self._miss(one.key, source, why)
            else:
                found.append(one)
        return found

    def _why_not(self, one: Ranked) -> str:
        if one.key in self.rulings.left_out:
            return f"组委会决定不授奖：{self.rulings.left_out[one.key]}"
        if one.out:
            return one.out
        if one.rank is None:
            return "没有名次"
        if self.one_each and one.subject in self.holders:
            return f"已获{self.holders[one.subject]}，同一类别只取一项"
        return "已获奖" if one.key in self.keys else ""

    def _miss(self, key: str, source: str, why: str) -> None:
        self.missed.append(Missed(key, source, why))
        self.ahead[source] += 1

    def _parted(self, group: list[Ranked]) -> list[list[Ranked]]:
        """Of equal rank: one after the other where the organiser ordered them all, else side by side."""
        keys = {one.key for one in group}
        order = next((list(order) for order in self.rulings.orders if len(keys) > 1 and keys <= set(order)), None)
        if order:
            return [[one] for one in sorted(group, key=lambda one: order.index(one.key))]
        return [group] if group else []

    def _heads(self, group: list[Ranked]) -> int:
        """How many prizes they could hold."""
        return len({one.subject if self.one_each else one.key for one in group})

    def _give(self, one: Ranked, level: Level, rank: int, *, shared: bool) -> None:
        if why := self._why_not(one):  # its entry got a prize a moment ago, at the same rank
            self._miss(one.key, level.source, why)
            return
        self.left[level.code] -= 1
        self.keys.add(one.key)
        self.holders.setdefault(one.subject, level.name)
        place = len(self.given[level.code]) + 1
        words = [f"{{source}}第 {rank} 名{f'，{one.said}' if one.said else ''}"]
        if ahead := self.ahead[level.source]:
            words.append(f"前面有 {ahead} 件不占名额，顺次递补")
        if shared and any(one.key in order for order in self.rulings.orders):
            words.append("同名次，按组委会决定的次序")
        words.append(f"{level.name}{self._places(level)}，此为第 {place} 名")
        self.given[level.code].append(Prize(one.key, level.code, place, rank, "；".join(words)))

    def _places(self, level: Level) -> str:
        count = self._count(level)
        fewer = level.count is not None and count < level.count
        return (
            f"取 {count} 名（组委会决定空缺 {level.count - count} 名）" if fewer and level.count else f"取 {count} 名"
        )

    def _tie(self, levels: list[Level], source: str, rank: int, group: list[Ranked]) -> None:
        """Reserve the places they contend for."""
        wanted, places = self._heads(group), {}
        for level in levels:
            if taken := min(wanted, self.left[level.code]):
                places[level.code], wanted = taken, wanted - taken
                self.left[level.code] -= taken
        self.ties.append(Tied(source, rank, tuple(sorted(one.key for one in group)), places))
        for one in group:  # they hold nothing yet, and compete for nothing else until it is decided
            self.keys.add(one.key)
            self.holders.setdefault(one.subject, "待定的等次")

    def outcome(self, *, vacancies: bool) -> Allocation:
        problems = [_waits(tie, self.levels) for tie in self.ties]
        for level in self.levels:
            if level.count is None and level.code not in self.rulings.counts:
                problems.append(Problem("allocation.no_number", f"{level.name}：{NO_NUMBER}"))
            elif self.left[level.code] and not vacancies:
                words = f"{level.name}还空 {self.left[level.code]} 名，本奖项不许空缺"
                problems.append(Problem("allocation.vacant", words))
        prizes = tuple(prize for level in self.levels for prize in self.given[level.code])
        vacant = {code: left for code, left in self.left.items() if left}
        return Allocation(prizes, tuple(self.missed), tuple(self.ties), vacant, tuple(problems))


def _by_rank(ranked: list[Ranked]) -> Iterator[tuple[int, list[Ranked]]]:
    """Groups of equal rank, best first; those without a rank come last, under 0."""
    order = sorted(ranked, key=lambda one: (one.rank is None, one.rank or 0, one.key))
    for rank, group in groupby(order, key=lambda one: one.rank or 0):
        yield rank, list(group)


def _waits(tie: Tied, levels: Sequence[Level]) -> Problem:
    names = {level.code: level.name for level in levels}
    places = "、".join(f"{names[code]} {count} 名" for code, count in tie.places.items())
    words = f"第 {tie.rank} 名并列 {len(tie.keys)} 件，争 {places}：请组委会排出次序并写明理由"
    return Problem("allocation.tied", words)
