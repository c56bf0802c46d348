"""校正分: each judge's severity (松紧) is estimated together with the works' scores, and taken off.

Wanted are work values a and severities b that minimise  Σ (s − a − b)² + k · Σ b²  over all scores s. Setting the
derivatives to 0:

    b = Σ (s − a) ÷ (number of the judge's scores + k)        a = mean of (s − b) over the work's judges

The second, put into the first, leaves one linear equation a judge. Their coefficients are whole numbers once
multiplied by the least common multiple of the works' numbers of scores; so nothing is rounded before the elimination,
which runs with 50 digits. Severities are rounded to `places` + 2 and published; a work's score is reckoned from the
published severities, so that anyone can check one work by hand to the last digit.

In every connected part the severities add up to 0 (that is what k does). Where judges and works fall into parts, each
part is corrected by itself, and a comparison across parts supposes that their judges are equally severe on average.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement

from .facts import Note, Score, Scored
from .graph import groups_of
from .numbers import rounded

WORK_MIN = 3  # scores of a work below which the page says so


def severity_adjusted(scores: Sequence[Score], k: Decimal, places: int) -> Scored:
    """The works' values a, from severities b. Raises ValueError when k is not above 0."""
    if k <= 0:
        raise ValueError("k must be above 0: without it only differences between severities are determined")
    held: dict[str, list[str]] = defaultdict(list)  # work → its judges
    totals: dict[str, Decimal] = defaultdict(Decimal)  # of a work, of a judge
    given: dict[str, Decimal] = defaultdict(Decimal)
    for work, judge, score, _ in scores:
        held[work].append(judge)
        totals[work] += score
        given[judge] += score
    parts = groups_of((work, judge) for work, judge, _, _ in scores)
    severities: dict[str, Decimal] = {}
    for works, judges in parts:
        rows = [(totals[work], held[work]) for work in works]
        solved = _solved(rows, {judge: given[judge] for judge in judges}, k)
        severities |= {judge: rounded(value, places + 2) for judge, value in solved.items()}
    values = {
        work: rounded((total - sum(map(severities.__getitem__, held[work]))) / len(held[work]), places)
        for work, total in totals.items()
    }
    few = tuple(work for work, judges in held.items() if len(judges) < WORK_MIN)
    groups = tuple(works for works, _ in parts)
    return Scored("severity_adjusted", values, dict(sorted(severities.items())), groups, _notes(few, parts))


def _notes(few: tuple[str, ...], parts: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> tuple[Note, ...]:
    notes = []
    if len(parts) > 1:
        said = f"评委之间的共同作品没有连成一片，分成 {len(parts)} 组，各组分别校正"
        notes.append(Note("unconnected", f"{said}；组间名次以各组评委平均松紧相同为前提，请主办单位核定"))
        for number, (works, judges) in enumerate(parts, 1):
            notes.append(Note("part", f"第 {number} 组：{len(works)} 件作品，{len(judges)} 位评委", works, judges))
    if few:
        notes.append(Note("work_few", f"不足 {WORK_MIN} 份评分，校正分仅供参考", works=few))
    return tuple(notes)


def _solved(
    rows: Sequence[tuple[Decimal, Sequence[str]]], given: Mapping[str, Decimal], k: Decimal
) -> dict[str, Decimal]:
    """The severities of one connected part, with the context's precision.

    rows: of each work, its total and its judges in order. given: each judge's total, in the same order of judges.
    """
    at = {judge: number for number, judge in enumerate(given)}
    digits = max(0, *(-int(total.as_tuple().exponent) for total in given.values()))
    common = math.lcm(*{len(judges) for _, judges in rows})
    share = Fraction(k)
    scale = common * share.denominator
    left = [[0] * len(at) for _ in at]  # the upper triangle
    right = [scale * int(total.scaleb(digits)) for total in given.values()]
    for total, judges in rows:
        part, places = scale // len(judges), [at[judge] for judge in judges]
        due = part * int(total.scaleb(digits))
        for judge in places:
            right[judge] -= due
            left[judge][judge] += scale
        for judge, other in combinations_with_replacement(places, 2):
            left[judge][other] -= part
    for judge in at.values():
        left[judge][judge] += common * share.numerator
    solution = _eliminated([[Decimal(v) for v in line] for line in left], [Decimal(v) for v in right])
    return {judge: value.scaleb(-digits) for judge, value in zip(given, solution, strict=True)}


def _eliminated(left: list[list[Decimal]], right: list[Decimal]) -> list[Decimal]:
    """Gauss for a symmetric positive definite system: no pivoting, only the upper triangle is kept up to date."""
    size = len(right)
    for step in range(size):
        pivot_line, pivot = left[step], left[step][step]
        for below in range(step + 1, size):
            if not pivot_line[below]:
                continue
            factor = pivot_line[below] / pivot
            pairs = zip(left[below][below:], pivot_line[below:], strict=True)
            left[below][below:] = [own - factor * above for own, above in pairs]
            right[below] -= factor * right[step]
    for step in reversed(range(size)):
        line = left[step]
        known = sum((line[column] * right[column] for column in range(step + 1, size)), Decimal(0))
        right[step] = (right[step] - known) / line[step]
    return right
