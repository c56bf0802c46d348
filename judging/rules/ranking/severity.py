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

from .facts import Note, Score, Scored
from .graph import groups_of
from .numbers import mean, rounded

WORK_MIN = 3  # scores of a work below which the page says so


def severity_adjusted(scores: Sequence[Score], k: Decimal, places: int) -> Scored:
    """The works' values a, from severities b. Raises ValueError when k is not above 0."""
    if k <= 0:
        raise ValueError("k must be above 0: without it only differences between severities are determined")
    parts = groups_of((score.work, score.judge) for score in scores)
    part_of = {judge: number for number, (_, judges) in enumerate(parts) for judge in judges}
    shares: list[list[Score]] = [[] for _ in parts]
    for score in scores:
        shares[part_of[score.judge]].append(score)
    severities = {judge: rounded(value, places + 2) for share in shares for judge, value in _solved(share, k).items()}
    corrected: dict[str, list[Decimal]] = defaultdict(list)
    for score in scores:
        corrected[score.work].append(score.score - severities[score.judge])
    return Scored(
        "severity_adjusted",
        {work: rounded(mean(values), places) for work, values in corrected.items()},
        dict(sorted(severities.items())),
        tuple(works for works, _ in parts),
        _notes(corrected, parts),
    )


def _notes(
    corrected: Mapping[str, Sequence[Decimal]], parts: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
) -> tuple[Note, ...]:
    notes = []
    if len(parts) > 1:
        said = f"评委之间的共同作品没有连成一片，分成 {len(parts)} 组，各组分别校正"
        notes.append(Note("unconnected", f"{said}；组间名次以各组评委平均松紧相同为前提，请主办单位核定"))
        for number, (works, judges) in enumerate(parts, 1):
            notes.append(Note("part", f"第 {number} 组：{len(works)} 件作品，{len(judges)} 位评委", works, judges))
    if few := tuple(work for work, values in corrected.items() if len(values) < WORK_MIN):
        notes.append(Note("work_few", f"不足 {WORK_MIN} 份评分，校正分仅供参考", works=few))
    return tuple(notes)


def _solved(scores: Sequence[Score], k: Decimal) -> dict[str, Decimal]:
    """The severities of one connected part, with the context's precision."""
    judges = sorted({score.judge for score in scores})
    at = {judge: number for number, judge in enumerate(judges)}
    rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    digits = max(0, *(-int(score.score.as_tuple().exponent) for score in scores))
    for score in scores:
        rows[score.work].append((at[score.judge], int(score.score.scaleb(digits))))
    common = math.lcm(*{len(row) for row in rows.values()})
    share, size = Fraction(k), len(judges)
    scale = common * share.denominator
    left = [[0] * size for _ in judges]
    right = [0] * size
    for row in rows.values():
        part, total = scale // len(row), sum(mark for _, mark in row)
        for judge, mark in row:
            right[judge] += scale * mark - part * total
            line = left[judge]
            line[judge] += scale
            for other, _ in row:
                line[other] -= part
    for judge in range(size):
        left[judge][judge] += common * share.numerator
    solution = _eliminated([[Decimal(v) for v in line] for line in left], [Decimal(v) for v in right])
    return {judge: solution[at[judge]].scaleb(-digits) for judge in judges}


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
