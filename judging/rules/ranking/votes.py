"""The file of ballots: how many chose what, and what of it counts. Names no voter."""

from collections import Counter
from collections.abc import Iterable, Sequence

from .facts import Pattern, Tally

FILE = "ballots.csv"
HEAD = ("评审团", "选择的作品", "处理", "张数")
STANDINGS = {"counted": "计入", "quarantined": "隔离，不计入", "incomplete": "选的个数不合规则，不计入"}


def counted(patterns: Iterable[Pattern]) -> tuple[int, dict[str, int]]:
    """(valid ballots, work → votes) of the ballots that count."""
    ballots, votes = 0, Counter[str]()
    for pattern in patterns:
        if pattern.standing == "counted":
            ballots += pattern.ballots
            for work in pattern.choices:
                votes[work] += pattern.ballots
    return ballots, dict(sorted(votes.items()))


def rows_of(tallies: Iterable[Tally]) -> list[list[str]]:
    """The file's lines, header first."""
    rows = [list(HEAD)]
    for tally in sorted(tallies, key=lambda tally: tally.panel):
        patterns = sorted(tally.patterns, key=lambda one: (one.standing, one.choices))
        rows += [[tally.panel, " ".join(p.choices), STANDINGS[p.standing], str(p.ballots)] for p in patterns]
    return rows


def tallies_from(rows: Iterable[Sequence[str]]) -> dict[str, Tally]:
    """Panel → its votes, counted anew from the file's lines. Raises ValueError or KeyError for a harmed file."""
    standings = {words: standing for standing, words in STANDINGS.items()}
    found: dict[str, list[Pattern]] = {}
    for panel, choices, words, ballots in rows:
        found.setdefault(panel, []).append(Pattern(tuple(choices.split()), standings[words], int(ballots)))
    return {panel: Tally(panel, *counted(patterns), tuple(patterns)) for panel, patterns in found.items()}
