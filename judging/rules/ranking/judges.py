"""What the organiser's monitor asks: spread of a work's scores; severity and drift of a judge; methods side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .facts import PLACES, K, Score


@dataclass(frozen=True)
class Spread:
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
    deviation: Decimal
    severity: Decimal  # 松紧: above 0 lenient, below 0 severe (as in severity_adjusted, whatever the round's method)
    drift: Decimal | None  # mean residual of the later half of the sheets − of the earlier half; None: fewer than 6


@dataclass(frozen=True)
class Beside:
    """One work by three methods."""

    work: str
    scores: tuple[tuple[str, Decimal], ...]  # (judge, total) by judge
    raw: Decimal
    standard: Decimal
    adjusted: Decimal
    spread: Decimal
    raw_rank: int
    adjusted_rank: int


def spreads(scores: Iterable[Score], threshold: int | None) -> list[Spread]:
    """Works with two scores or more, the widest first."""
    raise NotImplementedError


def judge_reports(scores: Sequence[Score], *, k: Decimal = K, places: int = PLACES) -> list[JudgeReport]:
    """Every judge, by code."""
    raise NotImplementedError


def side_by_side(scores: Sequence[Score], *, k: Decimal = K, places: int = PLACES) -> list[Beside]:
    """Every work, best adjusted first."""
    raise NotImplementedError
