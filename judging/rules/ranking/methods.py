"""The methods by name: the judges' scores of works → one score a work.

Each takes the scores of one panel, in any order, and gives the same answer for every order. Which of them a round
uses is said in the edition (`aggregation`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

from .facts import PLACES, K, Note, Score, Scored
from .numbers import CONTEXT, mean, mean_and_deviation, rounded
from .severity import severity_adjusted

TRIM_FROM = 5  # scores of a work from which the highest and the lowest are left out
JUDGE_MIN = 3  # scores of a judge below which its own deviation says nothing


def aggregate(scores: Iterable[Score], method: str, *, k: Decimal = K, places: int = PLACES) -> Scored:
    """The works' scores by a method. Raises KeyError for an unknown method, ValueError for k ≤ 0 or a pair twice."""
    found = sorted(scores)
    for one, next_one in pairwise(found):
        if one.judge == next_one.judge and one.work == next_one.work:
            raise ValueError(f"{one.work} was scored twice by {one.judge}")
    with localcontext(CONTEXT):
        return METHODS[method](found, k, places)


def plain_mean(scores: Sequence[Score], k: Decimal, places: int) -> Scored:
    """原始均分: the mean of a work's scores."""
    return Scored("mean", {work: rounded(mean(values), places) for work, values in by_work(scores).items()})


def trimmed_mean(scores: Sequence[Score], k: Decimal, places: int) -> Scored:
    """去掉一个最高分和一个最低分后的均分; with fewer than five scores nothing is left out."""
    works = by_work(scores)
    few = tuple(work for work, values in works.items() if len(values) < TRIM_FROM)
    kept = {w: values if w in set(few) else sorted(values)[1:-1] for w, values in works.items()}
    said = f"不足 {TRIM_FROM} 份评分，没有去掉最高分和最低分，取全部评分的均分"
    return Scored(
        "trimmed_mean",
        {work: rounded(mean(values), places) for work, values in kept.items()},
        notes=(Note("trim_fallback", said, works=few),) if few else (),
    )


def zscore(scores: Sequence[Score], k: Decimal, places: int) -> Scored:
    """标准分: (score − the judge's mean) ÷ the judge's deviation, then the mean over a work's judges.

    A judge with fewer than three scores is measured by the mean and deviation of all scores; one whose scores are all
    the same says nothing, and its 标准分 is 0.
    """
    own: dict[str, list[Decimal]] = defaultdict(list)
    for score in scores:
        own[score.judge].append(score.score)
    whole = mean_and_deviation(score.score for score in scores) if scores else (Decimal(0), Decimal(0))
    scales = {judge: mean_and_deviation(v) if len(v) >= JUDGE_MIN else whole for judge, v in own.items()}
    standard: dict[str, list[Decimal]] = defaultdict(list)
    for score in scores:
        centre, deviation = scales[score.judge]
        standard[score.work].append((score.score - centre) / deviation if deviation else Decimal(0))
    few = tuple(judge for judge, values in own.items() if len(values) < JUDGE_MIN)
    flat = tuple(judge for judge, (_, deviation) in scales.items() if not deviation)
    notes = (
        Note("judge_few", f"不足 {JUDGE_MIN} 份评分的评委，按全体评分的均分和标准差折算", judges=few),
        Note("judge_flat", "给出的分数完全相同的评委，标准分按 0 计", judges=flat),
    )
    return Scored(
        "zscore",
        {work: rounded(mean(values), places) for work, values in standard.items()},
        notes=tuple(note for note in notes if note.judges),
    )


def by_work(scores: Iterable[Score]) -> dict[str, list[Decimal]]:
    """Each work's scores."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for score in scores:
        found[score.work].append(score.score)
    return found


METHODS: Mapping[str, Callable[[Sequence[Score], Decimal, int], Scored]] = {
    "mean": plain_mean,
    "trimmed_mean": trimmed_mean,
    "zscore": zscore,
    "severity_adjusted": severity_adjusted,
}
LABELS = {"mean": "原始均分", "trimmed_mean": "去高去低均分", "zscore": "标准分", "severity_adjusted": "校正分"}
