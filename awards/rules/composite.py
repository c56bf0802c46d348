"""优秀组织单位、优秀指导教师 (G41, Q16, Q17): a composite score with its arithmetic, then the same places as any prize.

A measure's value is divided by the greatest of its kind (units among units, teachers among teachers), times its
weight: so both kinds stand on one scale of 100, and one merged list can be cut at 50. Exact fractions; four decimals,
half up, at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .allocation import Ranked

PLACES = Decimal("0.0001")
TIES = ("prizes", "works", "participation")  # compared in this order where the score is equal; then the organiser


@dataclass(frozen=True)
class Measure:
    """One part of the score."""

    code: str  # participation, works, prizes
    name: str
    weight: Fraction


@dataclass(frozen=True)
class Nominee:
    """A unit or teacher behind a prize, with the facts as they were counted."""

    key: str
    kind: str  # organisation, instructor
    values: Mapping[str, int]  # measure → count; prizes: by the worth of the levels


@dataclass(frozen=True)
class Scored:
    """A nominee's score, and how it came about."""

    nominee: Nominee
    score: Decimal
    steps: tuple[str, ...]  # 选送作品数量 6 ÷ 最多 12 × 30 = 15.0000

    @property
    def said(self) -> str:
        """The arithmetic in one line."""
        return f"{' + '.join(self.steps)}，合计 {self.score}"


def score(nominees: Iterable[Nominee], measures: Sequence[Measure]) -> list[Scored]:
    """Everybody's score, best first; equal ones by `TIES`, then by key."""
    nominees = list(nominees)
    most: dict[tuple[str, str], int] = {}
    for one in nominees:
        for measure in measures:
            at = one.kind, measure.code
            most[at] = max(most.get(at, 0), one.values.get(measure.code, 0))
    scored = [_scored(one, measures, most) for one in nominees]
    return sorted(scored, key=lambda one: (*_rank_key(one), one.nominee.key))


def ranked(scored: Sequence[Scored]) -> list[Ranked]:
    """As a ranking: equal score and equal facts share a rank. scored: best first."""
    found: list[Ranked] = []
    last: tuple[tuple[object, ...], int] | None = None
    for number, one in enumerate(scored, 1):
        key = _rank_key(one)
        rank = last[1] if last and last[0] == key else number
        last = key, rank
        found.append(Ranked(one.nominee.key, one.nominee.key, rank, one.said))
    return found


def _rank_key(one: Scored) -> tuple[object, ...]:
    return (-one.score, *(-one.nominee.values.get(code, 0) for code in TIES))


def _scored(one: Nominee, measures: Sequence[Measure], most: Mapping[tuple[str, str], int]) -> Scored:
    total, steps = Fraction(0), []
    for measure in measures:
        value, best = one.values.get(measure.code, 0), most[one.kind, measure.code]
        part = measure.weight * value / best if best else Fraction(0)
        total += part
        weight = Decimal(measure.weight.numerator) / Decimal(measure.weight.denominator)
        steps.append(f"{measure.name} {value} ÷ 最多 {best} × {weight:f} = {_rounded(part)}")
    return Scored(one, _rounded(total), tuple(steps))


def _rounded(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES, ROUND_HALF_UP)
