"""大众评审: what a ballot may say, when, and which ballots count. What the votes weigh is said in `ranking.panels`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.problems import Problem

from .ranking import Pattern, Tally, counted


@dataclass(frozen=True)
class BallotRules:
    """How the public votes in one session."""

    works: tuple[str, ...]  # in running order
    choices_min: int = 1
    choices_max: int = 3
    mode: Literal["window", "end"] = "window"  # a window a team, or all at the end


@dataclass(frozen=True)
class Window:
    """When votes are taken: of one work, or of all (`work` empty). Half-open: `closes` is no longer inside."""

    opens: datetime | None  # None: not opened yet
    closes: datetime | None = None  # None: not closed yet
    work: str = ""


@dataclass(frozen=True)
class Ballot:
    """One identity's ballot: with a window a team it grows by a choice at a time."""

    identity: str  # key of the verified phone or token, never the phone itself
    choices: tuple[str, ...]
    quarantined: bool = False


@dataclass(frozen=True)
class BallotCount:
    """The counted ballots of a session, told in public."""

    ballots: int  # valid
    votes: Mapping[str, int]  # every work of the session, in running order
    quarantined: int  # left out of the mix, said in public
    incomplete: int  # fewer choices than choices_min
    patterns: tuple[Pattern, ...] = ()  # all of them, without the voters

    def tally(self, panel: str) -> Tally:
        """As the ranking takes it."""
        return Tally(panel, self.ballots, self.votes, self.patterns)


def check_ballot(
    rules: BallotRules,
    choices: Sequence[str],
    windows: Iterable[Window],
    now: datetime,
    held: Sequence[str] = (),
) -> list[Problem]:
    """May an identity that holds the choices `held` add these? In mode "end" the whole ballot is cast at once."""
    if not choices:
        return [Problem("ballot.empty", "请先选一个队，再投票")]
    if unknown := [work for work in choices if work not in rules.works]:
        return [Problem("ballot.unknown", f"本场没有“{unknown[0]}”，请刷新页面后再投")]
    if rules.mode == "end" and held:
        return [Problem("ballot.cast", "这个手机号已经投过票，每人只投一次")]
    if len(set(choices)) < len(choices) or set(choices) & set(held):
        return [Problem("ballot.twice", "这一队已经投过，每队最多 1 票，请选别的队")]
    if len(held) + len(choices) > rules.choices_max:
        left = rules.choices_max - len(held)
        said = f"每人最多 {rules.choices_max} 票，还可投 {left} 票" if left else f"您的 {rules.choices_max} 票已投完"
        return [Problem("ballot.too_many", said)]
    if rules.mode == "end" and len(choices) < rules.choices_min:
        said = f"至少选 {rules.choices_min} 个队，现选了 {len(choices)} 个，请再选"
        return [Problem("ballot.too_few", said)]
    return check_voting(rules, choices, windows, now)


def check_voting(rules: BallotRules, choices: Iterable[str], windows: Iterable[Window], now: datetime) -> list[Problem]:
    """Is voting open for these works at this moment?"""
    open_by = {window.work: window for window in windows}
    asked = [""] if rules.mode == "end" else list(choices)
    for work in asked:
        window = open_by.get(work)
        subject = "投票" if rules.mode == "end" else "本队的投票"
        if window is None or window.opens is None or now < window.opens:
            return [Problem("ballot.early", f"{subject}还没有开始，请等主持人宣布")]
        if window.closes is not None and now >= window.closes:
            return [Problem("ballot.late", f"{subject}已经结束，这一票没有计入")]
    return []


def count_ballots(rules: BallotRules, ballots: Iterable[Ballot]) -> BallotCount:
    """Quarantined ballots and those with too few or too many choices are left out.

    Raises ValueError when an identity has two ballots: the database holds one.
    """
    all_ballots = list(ballots)
    if len({ballot.identity for ballot in all_ballots}) < len(all_ballots):
        raise ValueError("an identity has two ballots")
    found = Counter((_standing(rules, ballot), _works(rules, ballot)) for ballot in all_ballots)
    patterns = tuple(Pattern(works, standing, count) for (standing, works), count in sorted(found.items()))
    valid, votes = counted(patterns)
    many = Counter[str]()
    for pattern in patterns:
        many[pattern.standing] += pattern.ballots
    by_work = {work: votes.get(work, 0) for work in rules.works}
    return BallotCount(valid, by_work, many["quarantined"], many["incomplete"], patterns)


def _works(rules: BallotRules, ballot: Ballot) -> tuple[str, ...]:
    return tuple(sorted(set(ballot.choices) & set(rules.works)))


def _standing(rules: BallotRules, ballot: Ballot) -> str:
    if ballot.quarantined:
        return "quarantined"
    return "counted" if rules.choices_min <= len(_works(rules, ballot)) <= rules.choices_max else "incomplete"
