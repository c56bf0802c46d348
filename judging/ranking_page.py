"""What the public page of a ranking shows, read from one snapshot: nothing is computed from live scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from registrations.rules.pinyin import pinyin_of

from .models import RankingRow, Round, Snapshot
from .rules import ranking
from .rules.ranking import explained

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Dot:
    """A point on the axis, in per cent of its width."""

    at: str
    label: str


@dataclass(frozen=True)
class Line:
    """One work of the table."""

    row: RankingRow
    dots: Sequence[Dot]
    mark: str  # where the work's own score lies; empty: off the axis or none
    mean_rank: int | None
    cut: bool  # a line of advancement lies below it

    @property
    def spoken(self) -> str:
        """The scores, for those who do not see the dots."""
        return "、".join(dot.label for dot in self.dots)


@dataclass(frozen=True)
class Worked:
    """One work reckoned by hand: each judge's score, severity, difference; their mean."""

    row: RankingRow
    steps: Sequence[tuple[str, Decimal, Decimal, Decimal]]  # judge, score, severity, score − severity
    total: Decimal
    severity: tuple[str, Decimal, int] | None  # one judge's: name, sum of differences, sheets
    k: Decimal

    @property
    def count(self) -> int:
        """Its judges."""
        return len(self.steps)


class Page:
    """One snapshot, as the page tells it."""

    def __init__(self, round_: Round, snapshot: Snapshot) -> None:
        self.round, self.snapshot = round_, snapshot
        self.rows = list(snapshot.rows.select_related("candidate__round__category"))
        self.result: Mapping[str, Any] = snapshot.result

    @cached_property
    def inputs(self) -> ranking.Inputs:
        """What the snapshot was made of."""
        return ranking.inputs_from(self.snapshot.inputs)

    @property
    def method(self) -> str:
        """校正分."""
        return ranking.LABELS[self.snapshot.method]

    @property
    def steps(self) -> list[str]:
        """The maths, sentence by sentence."""
        return explained.steps_of(self.inputs.rules)

    @property
    def per_work(self) -> int:
        """Most judges of one work."""
        return max((row.judges for row in self.rows), default=0)

    @property
    def purposes(self) -> list[str]:
        """What works advance to."""
        return list(dict.fromkeys(purpose for row in self.rows for purpose in row.purposes))

    @property
    def advanced(self) -> int:
        """How many go on."""
        return sum(bool(row.purposes) for row in self.rows)

    @cached_property
    def axis(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest end of the scores' axis, in whole tens."""
        scores = [score for row in self.rows for score in row.scores]
        low, high = (min(scores), max(scores)) if scores else (Decimal(0), Decimal(self.round.points_max))
        low = (low / 10).to_integral_value(ROUND_FLOOR) * 10
        high = (high / 10).to_integral_value(ROUND_CEILING) * 10
        return low, max(high, low + 10)

    def lines(self, wanted: str = "") -> list[Line]:
        """The table; wanted: only works whose title, number or pinyin holds it."""
        order = sorted((row for row in self.rows if row.mean is not None), key=lambda row: -(row.mean or 0))
        by_mean: dict[Decimal | None, int] = {}
        for place, row in enumerate(order, 1):
            by_mean.setdefault(row.mean, place)
        last = max((n for n, row in enumerate(self.rows) if row.purposes), default=-1)
        needle = wanted.strip().lower()
        return [
            Line(row, [self._dot(score) for score in row.scores], self._mark(row), by_mean.get(row.mean), n == last)
            for n, row in enumerate(self.rows)
            if not needle or needle in _haystack(row)
        ]

    @cached_property
    def worked(self) -> Worked | None:
        """The work that the correction moved most, of those with a severity for each judge."""
        if self.snapshot.method != "severity_adjusted":
            return None
        panel = next((p.code for p in self.inputs.rules.panels if p.kind == "expert"), "")
        severities = {judge: Decimal(value) for judge, value in self.result["severities"].get(panel, {}).items()}
        moved = {
            row: abs(row.adjusted - row.mean) for row in self.rows if row.adjusted is not None and row.mean is not None
        }
        if not (severities and moved):
            return None
        row = max(moved, key=lambda row: (moved[row], -row.position))
        scores = ranking.scores_of(self.inputs, panel)
        mine = [one for one in scores if one.work == row.candidate.label and one.judge in severities]
        if not mine:
            return None
        steps = [(one.judge, one.score, severities[one.judge], one.score - severities[one.judge]) for one in mine]
        adjusted = {r.candidate.label: r.adjusted for r in moved}
        judge = max(mine, key=lambda one: abs(severities[one.judge])).judge
        given = [one for one in scores if one.judge == judge]
        sum_ = sum((one.score - (adjusted[one.work] or 0) for one in given if one.work in adjusted), Decimal(0))
        total = sum((step[3] for step in steps), Decimal(0))
        return Worked(row, steps, total, (judge, sum_, len(given)), self.inputs.rules.k)

    @property
    def ties(self) -> list[dict[str, Any]]:
        """The log of equal scores, step by step, with the criteria's names."""
        names = {c.code: f"{c.name}均分" for c in self.inputs.rules.criteria}
        names |= {"earlier_submission": "提交时间", "organiser": "组委会决定"}
        return [
            tie | {"steps": [step | {"name": names.get(step["key"], step["key"])} for step in tie["steps"]]}
            for tie in self.result["ties"]
        ]

    @property
    def notes(self) -> list[str]:
        """Fallbacks that came into play."""
        return [note["message"] for note in self.result["notes"]]

    @property
    def hash(self) -> str:
        """The SHA-256 in groups of eight."""
        return " ".join(self.snapshot.sha256[n : n + 8] for n in range(0, 64, 8))

    def _dot(self, score: Decimal) -> Dot:
        return Dot(self._place(score), str(score.quantize(CENT, ROUND_HALF_UP)))

    def _mark(self, row: RankingRow) -> str:
        low, high = self.axis
        value = row.adjusted if self.snapshot.method == "severity_adjusted" else row.mean
        return self._place(value) if value is not None and low <= value <= high else ""

    def _place(self, value: Decimal) -> str:
        low, high = self.axis
        return f"{(value - low) * 100 / (high - low):.1f}%"


def _haystack(row: RankingRow) -> str:
    title = row.candidate.title
    return f"{row.candidate.label} {title} {pinyin_of(title)}".lower()
