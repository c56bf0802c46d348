"""Who goes on to the next round (N26, Q9, Q18, Q19, Q26), with a reason for every work."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from core.problems import Problem
from tracks.rulebook.judging import Advance

Outcome = Literal["in", "out", "open"]
_ROUNDED = {"half_up": "四舍五入", "up": "进位", "down": "去尾"}


@dataclass(frozen=True)
class Standing:
    """A work of the round as the rule sees it."""

    work: str
    rank: int | None  # in the round's ranking, shared ranks equal; None: without score
    category: str = ""
    track: str = ""
    group: str = ""
    region: str = ""
    passed: bool = False  # 资格审核通过, for kind = pass
    board: int | None = None  # place on the leaderboard, for kind = leaderboard


@dataclass(frozen=True)
class Verdict:
    """What one rule, or all together, say of one work."""

    work: str
    outcome: Outcome  # open: the organiser has to decide (equal rank across the line, no number in the notice)
    reason: str  # plain Chinese
    part: tuple[str, ...] = ()  # the values of `per`, in the rule's order


@dataclass(frozen=True)
class Line:
    """One list that a rule draws: how many of how many."""

    part: tuple[str, ...]
    base: int  # works in it
    places: int | None  # None: no number (pass, leaderboard, organiser)
    taken: int
    open: tuple[str, ...] = ()  # works that wait for the organiser


@dataclass(frozen=True)
class Cut:
    """One rule applied: a verdict for every work it concerns, a line for every part."""

    verdicts: tuple[Verdict, ...]
    lines: tuple[Line, ...]

    @property
    def taken(self) -> list[str]:
        """The works that go on."""
        return [verdict.work for verdict in self.verdicts if verdict.outcome == "in"]


def advancing(rules: Sequence[Advance], standings: Sequence[Standing], picks: Mapping[str, str] | None = None) -> Cut:
    """All rules of a round together: a work goes on when every rule that concerns its category lets it."""
    cuts = [apply_rule(rule, standings, picks) for rule in rules]
    found: dict[str, list[Verdict]] = {standing.work: [] for standing in standings}
    for cut in cuts:
        for verdict in cut.verdicts:
            found[verdict.work].append(verdict)
    verdicts = (_together(work, those) for work, those in found.items())
    return Cut(tuple(verdicts), tuple(line for cut in cuts for line in cut.lines))


def _together(work: str, verdicts: Sequence[Verdict]) -> Verdict:
    outcomes = {verdict.outcome for verdict in verdicts}
    outcome: Outcome = "out" if "out" in outcomes or not verdicts else "open" if "open" in outcomes else "in"
    reasons = [verdict.reason for verdict in verdicts if verdict.outcome == outcome]
    return Verdict(work, outcome, "；".join(reasons) or "本轮没有适用于这一类别的晋级规则")


def apply_rule(rule: Advance, standings: Sequence[Standing], picks: Mapping[str, str] | None = None) -> Cut:
    """One rule. `picks`: work → the organiser's reason for taking it beyond the rule (overridable), across an open
    line, or at all (leaderboard, organiser). Picks that `check_picks` objects to are passed over."""
    picks = picks or {}
    verdicts: list[Verdict] = []
    lines: list[Line] = []
    for part, those in sorted(_parts(rule, standings).items()):
        places = _places(rule, len(those))
        answers = dict(_counted(rule, those, places, picks) if places is not None else _uncounted(rule, those, picks))
        found = [Verdict(one.work, *answers[one.work], part) for one in those]
        waiting = tuple(verdict.work for verdict in found if verdict.outcome == "open")
        taken = sum(verdict.outcome == "in" for verdict in found)
        verdicts += found
        lines.append(Line(part, len(those), places, taken, waiting))
    return Cut(tuple(verdicts), tuple(lines))


def check_picks(rule: Advance, standings: Sequence[Standing], picks: Mapping[str, str]) -> list[Problem]:
    """What the organiser may not pick, and picks without a reason."""
    concerned = {one.work for those in _parts(rule, standings).values() for one in those}
    without = {verdict.work: verdict for verdict in apply_rule(rule, standings).verdicts}
    problems = []
    for work, reason in picks.items():
        if work not in concerned:
            problems.append(Problem("advance.unknown", f"{work} 不在这条晋级规则的范围内", field=work))
        elif not reason.strip():
            problems.append(Problem("advance.no_reason", f"请写明 {work} 晋级的理由", field=work))
        elif without[work].outcome == "out" and not rule.overridable:
            said = f"{work}：{without[work].reason}。本规则不允许增补"
            problems.append(Problem("advance.not_overridable", said, field=work))
    for line in apply_rule(rule, standings).lines:
        chosen = [work for work in line.open if work in picks]
        if line.places is not None and not rule.overridable and len(chosen) > line.places - line.taken:
            said = f"并列的作品里只能再选 {line.places - line.taken} 件，已选 {len(chosen)} 件"
            problems.append(Problem("advance.too_many", said))
    return problems


def _parts(rule: Advance, standings: Sequence[Standing]) -> dict[tuple[str, ...], list[Standing]]:
    """The rule's lists, each in the order of ranking; works without rank last."""
    parts: dict[tuple[str, ...], list[Standing]] = defaultdict(list)
    for one in sorted(standings, key=lambda one: (one.rank is None, one.rank or 0, one.work)):
        if not rule.categories or one.category in rule.categories:
            parts[tuple(getattr(one, field) for field in rule.per)].append(one)
    return parts


def _places(rule: Advance, base: int) -> int | None:
    if rule.kind == "top":
        return max(rule.count or 0, rule.count_min)
    if rule.kind == "percent":
        hundredths = base * (rule.percent or 0)
        share = {"half_up": (hundredths + 50) // 100, "up": -(-hundredths // 100), "down": hundredths // 100}
        return min(base, max(share[rule.rounding or "half_up"], rule.count_min))
    return None


def _counted(
    rule: Advance, those: Sequence[Standing], places: int, picks: Mapping[str, str]
) -> Iterator[tuple[str, tuple[Outcome, str]]]:
    """The best so many; equal ranks across the line wait for the organiser, who may also go beyond."""
    told = f"前 {places} 名"
    if rule.kind == "percent":
        how = f"{_ROUNDED[rule.rounding or 'half_up']}，至少 {rule.count_min} 件"
        told = f"{len(those)} 件的 {rule.percent}%（{how}）即 {places} 件"
    purpose = rule.purpose or "晋级"
    left = places
    for rank, group in groupby(those, key=lambda one: one.rank):
        works = [one.work for one in group]
        if rank is None:
            yield from ((work, _beyond(rule, picks, work, "没有名次（缺少评分）")) for work in works)
            continue
        if len(works) <= left:
            yield from ((work, ("in", f"第 {rank} 名，在{told}之内，{purpose}")) for work in works)
        elif left <= 0:
            yield from ((work, _beyond(rule, picks, work, f"第 {rank} 名，在{told}之外")) for work in works)
        else:
            yield from _across(rule, works, rank, left, picks)
        left -= len(works)


def _across(
    rule: Advance, works: Sequence[str], rank: int, left: int, picks: Mapping[str, str]
) -> Iterator[tuple[str, tuple[Outcome, str]]]:
    """Equal works of which only some fit."""
    chosen = [work for work in works if work in picks]
    allowed = rule.overridable or len(chosen) <= left
    for work in works:
        if allowed and work in picks:
            yield work, ("in", f"第 {rank} 名 {len(works)} 件并列，主办单位决定晋级：{picks[work]}")
        elif allowed and len(chosen) >= left:
            yield work, ("out", f"第 {rank} 名 {len(works)} 件并列，主办单位决定由其他作品晋级")
        else:
            yield work, ("open", f"第 {rank} 名 {len(works)} 件并列，名额只余 {left} 个，待主办单位决定")


def _beyond(rule: Advance, picks: Mapping[str, str], work: str, otherwise: str) -> tuple[Outcome, str]:
    if work in picks and rule.overridable:
        return "in", f"{otherwise}，主办单位增补：{picks[work]}"
    return "out", otherwise


def _uncounted(
    rule: Advance, those: Sequence[Standing], picks: Mapping[str, str]
) -> Iterator[tuple[str, tuple[Outcome, str]]]:
    """pass, leaderboard, organiser: no number in the notice."""
    decided = any(one.work in picks for one in those)
    for one in those:
        if rule.kind == "pass":
            said = "资格审核通过" if one.passed else "资格审核未通过"
            yield one.work, ("in", said) if one.passed else _beyond(rule, picks, one.work, said)
            continue
        place = "由主办单位选定"
        if rule.kind == "leaderboard":
            place = f"榜单第 {one.board} 名" if one.board else "不在榜单上"
            if not one.board:
                yield one.work, _beyond(rule, picks, one.work, place)
                continue
        if one.work in picks:
            yield one.work, ("in", f"{place}，主办单位决定晋级：{picks[one.work]}")
        else:
            yield one.work, ("out", f"{place}，未选入") if decided else ("open", f"{place}，待主办单位决定")


@dataclass(frozen=True)
class Taken:
    """One step of interleaving."""

    work: str
    unit: str
    rank: int  # the unit's own priority, 1..n without gaps (N6)
    taken: bool
    reason: str


def interleave(lists: Mapping[str, Sequence[str]], cap: int) -> list[Taken]:
    """Q18: all first choices, then all second ones … until the cap, in units' code order inside each.

    Every unit's list is in its order of priority. The result tells every work, those cut off included.
    """
    order = [
        (rank, unit, works[rank - 1])
        for rank in range(1, max(map(len, lists.values()), default=0) + 1)
        for unit, works in sorted(lists.items())
        if len(works) >= rank
    ]
    return [
        Taken(
            work,
            unit,
            rank,
            number <= cap,
            f"第 {rank} 优先，依次为第 {number} 个，{'在' if number <= cap else '超出'}总数上限 {cap}",
        )
        for number, (rank, unit, work) in enumerate(order, 1)
    ]
