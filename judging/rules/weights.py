"""A rubric as a judge reads it: what each dimension and criterion weighs, in words: 占总分 1/3，两项各 1/6."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .ranking.numbers import rounded

LARGEST_DENOMINATOR = 12  # finer fractions are written as percentages
COUNTS = "零一两三四五六七八九十"
LEVELS = ((60, "合格"), (70, "一般"), (75, "尚好"), (80, "良好"), (85, "较优"), (90, "优秀"))


@dataclass(frozen=True)
class Weighed:
    """One criterion. weight: its share of the whole 100; one that does not count is scored and left out."""

    code: str
    name: str
    dimension: str
    weight: Fraction
    counts: bool = True


@dataclass(frozen=True)
class Dimension:
    """Criteria that stand together under one heading, in their order."""

    name: str
    criteria: tuple[Weighed, ...]

    @property
    def words(self) -> str:
        """What it weighs: 占总分 1/3，两项各 1/6."""
        counted = [one for one in self.criteria if one.counts]
        left_out = [one.name for one in self.criteria if not one.counts]
        if not counted:
            return "不计入总分"
        said = [f"占总分 {share_in_words(sum((one.weight for one in counted), Fraction(0)))}"]
        if len(counted) > 1 and len({one.weight for one in counted}) == 1:
            number = COUNTS[len(counted)] if len(counted) < len(COUNTS) else str(len(counted))
            said.append(f"{number}项各 {share_in_words(counted[0].weight)}")
        elif len(counted) > 1:
            said.append("、".join(f"{one.name} {share_in_words(one.weight)}" for one in counted))
        if left_out:
            said.append(f"{'、'.join(left_out)}不计入")
        return "，".join(said)


def dimensions_of(criteria: Sequence[Weighed]) -> list[Dimension]:
    """Neighbours of one dimension, together."""
    found: list[Dimension] = []
    for one in criteria:
        if found and found[-1].name == one.dimension:
            found[-1] = Dimension(one.dimension, (*found[-1].criteria, one))
        else:
            found.append(Dimension(one.dimension, (one,)))
    return found


def share_in_words(weight: Fraction) -> str:
    """A share of the whole 100: 1/6, 30%, 33.33%."""
    share = weight / 100
    if weight.denominator == 1:
        return f"{weight}%"
    if share.denominator <= LARGEST_DENOMINATOR:
        return f"{share.numerator}/{share.denominator}"
    return f"{rounded(weight, 2)}%"


def quick_scores(points_max: int) -> Iterator[tuple[int, str]]:
    """(points, what they mean) for one tap; on a small scale fewer, each once."""
    seen: set[int] = set()
    for percent, words in LEVELS:
        points = int(rounded(Fraction(percent * points_max, 100), 0))
        if points not in seen:
            seen.add(points)
            yield points, words
