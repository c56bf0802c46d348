"""校正分 worked by hand: an example of whole numbers for the round's page, and the same check for any real work."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .facts import PLACES, Score, Scored
from .numbers import mean, rounded

# Judge 甲 is lenient. By plain mean 《红树林》 (84) comes before 《白海豚》 (83), only because 甲 scored it.
SCORES = tuple(
    Score(work, judge, Decimal(mark))
    for work, judge, mark in (
        ("红树林", "甲", 91),
        ("红树林", "乙", 77),
        ("荔枝", "甲", 88),
        ("荔枝", "丙", 74),
        ("白海豚", "乙", 83),
        ("白海豚", "丙", 83),
        ("台风", "甲", 90),
        ("台风", "乙", 78),
        ("台风", "丙", 78),
    )
)
SEVERITIES = {"甲": Decimal(4), "乙": Decimal(-2), "丙": Decimal(-2)}  # with k = 3: 甲 24 ÷ (3 + 3), 乙 −12 ÷ (3 + 3)
MEANS = {"红树林": Decimal(84), "白海豚": Decimal(83), "台风": Decimal(82), "荔枝": Decimal(81)}
VALUES = {"白海豚": Decimal(85), "红树林": Decimal(83), "台风": Decimal(82), "荔枝": Decimal(80)}


@dataclass(frozen=True)
class WorkLine:
    """One judge's line of a work's check."""

    judge: str
    score: Decimal
    severity: Decimal
    corrected: Decimal  # score − severity


@dataclass(frozen=True)
class WorkCheck:
    """校正分 of one work: sum ÷ count, rounded. Exact: the published severities give the published score."""

    work: str
    lines: tuple[WorkLine, ...]
    total: Decimal
    count: int
    value: Decimal


@dataclass(frozen=True)
class JudgeLine:
    """One work's line of a judge's check."""

    work: str
    score: Decimal
    value: Decimal
    difference: Decimal  # score − value


@dataclass(frozen=True)
class JudgeCheck:
    """松紧 of one judge: sum of differences ÷ (count + k). From rounded scores, so its last digits may differ."""

    judge: str
    lines: tuple[JudgeLine, ...]
    total: Decimal
    count: int
    k: Decimal
    severity: Decimal  # as published


def check_work(scores: Sequence[Score], scored: Scored, work: str, *, places: int = PLACES) -> WorkCheck:
    """The hand calculation of one work; `scored` is what severity_adjusted made of `scores`."""
    own = sorted((score for score in scores if score.work == work), key=lambda score: score.judge)
    lines = tuple(
        WorkLine(s.judge, s.score, scored.severities[s.judge], s.score - scored.severities[s.judge]) for s in own
    )
    corrected = [line.corrected for line in lines]
    return WorkCheck(work, lines, sum(corrected, Decimal(0)), len(lines), rounded(mean(corrected), places))


def check_judge(scores: Sequence[Score], scored: Scored, judge: str, *, k: Decimal) -> JudgeCheck:
    """The hand calculation of one judge's severity."""
    own = sorted((score for score in scores if score.judge == judge), key=lambda score: score.work)
    lines = tuple(JudgeLine(s.work, s.score, scored.scores[s.work], s.score - scored.scores[s.work]) for s in own)
    total = sum((line.difference for line in lines), Decimal(0))
    return JudgeCheck(judge, lines, total, len(lines), k, scored.severities[judge])
