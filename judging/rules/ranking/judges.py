"""What the organiser's monitor asks: spread of a work's scores; severity and drift of a judge; methods side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from .facts import PLACES, K, Score
from .methods import aggregate, by_work
from .numbers import mean, rounded

DRIFT_MIN = 6  # sheets below which a drift says nothing


class Spread(NamedTuple):
    """极差 of one work."""

    work: str
    lowest: Decimal
    highest: Decimal
    spread: Decimal
    asks: bool  # at or above the threshold: the organiser may ask the judges to look again


@dataclass(frozen=True)
class JudgeReport:
    """How one judge scores, beside the others."""

    judge: str
    sheets: int
    mean: Decimal
    severity: Decimal  # 松紧: above 0 lenient, below 0 severe (as in severity_adjusted, whatever the round's method)
    drift: Decimal | None  # mean residual of the later half of the sheets − of the earlier half; None: fewer than 6


@dataclass(frozen=True)
class Beside:
    """One work by three methods."""

    work: str
    scores: tuple[tuple[str, Decimal], ...]  # (judge, total), by judge
    raw: Decimal
    standard: Decimal
    adjusted: Decimal
    spread: Decimal
    raw_rank: int  # 1, 2, 2, 4; the tie chain is not asked here
    adjusted_rank: int


def spreads(scores: Iterable[Score], threshold: int | None) -> list[Spread]:
    """Works with two scores or more, the widest first."""
    found = [
        Spread(work, low, high, high - low, threshold is not None and high - low >= threshold)
        for work, values in by_work(scores).items()
        if len(values) > 1
        for low, high in [(min(values), max(values))]
    ]
    return sorted(found, key=lambda one: (-one.spread, one.work))


def judge_reports(scores: Sequence[Score], *, k: Decimal = K, places: int = PLACES) -> list[JudgeReport]:
    """Every judge, by code."""
    own: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        own[score.judge].append(score)
    scored = aggregate(scores, "severity_adjusted", k=k, places=places)
    reports = []
    for judge, sheets in sorted(own.items()):
        centre = rounded(mean(sheet.score for sheet in sheets), places)
        severity = rounded(scored.severities[judge], places)
        drift = _drift(sheets, scored.scores)
        reports.append(
            JudgeReport(judge, len(sheets), centre, severity, None if drift is None else rounded(drift, places))
        )
    return reports


def _drift(sheets: Iterable[Score], works: Mapping[str, Decimal]) -> Decimal | None:
    """The judge's severity cancels out, so s − a serves as residual. An odd sheet in the middle is left out."""
    known = sorted((sheet for sheet in sheets if sheet.order), key=attrgetter("order", "work"))
    if len(known) < DRIFT_MIN:
        return None
    residuals = [sheet.score - works[sheet.work] for sheet in known]
    half = len(residuals) // 2
    return mean(residuals[-half:]) - mean(residuals[:half])


def side_by_side(scores: Sequence[Score], *, k: Decimal = K, places: int = PLACES) -> list[Beside]:
    """Every work, best adjusted first."""
    raw, standard, adjusted = (
        aggregate(scores, method, k=k, places=places).scores for method in ("mean", "zscore", "severity_adjusted")
    )
    own: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for score in scores:
        own[score.work].append((score.judge, score.score))
    raw_ranks, ranks = ranks_of(raw), ranks_of(adjusted)
    found = [
        Beside(
            work,
            tuple(sorted(marks)),
            raw[work],
            standard[work],
            adjusted[work],
            max(mark for _, mark in marks) - min(mark for _, mark in marks),
            raw_ranks[work],
            ranks[work],
        )
        for work, marks in own.items()
    ]
    return sorted(found, key=lambda one: (one.adjusted_rank, one.work))


def ranks_of(scores: Mapping[str, Decimal]) -> dict[str, int]:
    """1, 2, 2, 4 by score alone."""
    first: dict[Decimal, int] = {}
    for place, score in enumerate(sorted(scores.values(), reverse=True), 1):
        first.setdefault(score, place)
    return {work: first[score] for work, score in scores.items()}
