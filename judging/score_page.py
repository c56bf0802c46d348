"""The page on which a judge scores one work: rubric, what is stored, how far the judge is, the way to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from core import clock
from core.problems import Problem

from .judge_desk import Before
from .models import Assignment, Criterion, ScoreSheet
from .rules.ranking.facts import Criterion as Rule
from .rules.ranking.facts import Rules
from .rules.ranking.numbers import plain, rounded
from .rules.ranking.totals import shares_of
from .rules.weights import Dimension, Weighed, dimensions_of, quick_scores
from .score_forms import COMMENT_MAX, MARK, Typed
from .works_shown import WorkShown

PHRASES = ("选题贴近生活", "科学表述准确", "AI 工具运用得当", "画面清楚易懂", "个别数据缺出处", "互动设计不足")
WRITABLE = ("new", "draft", "submitted")
STRIP_GAP = Decimal(20)  # per cent of a box; boxes of the strip fill the rest


@dataclass(frozen=True)
class Row:
    """One criterion as the page shows it."""

    code: str
    name: str
    value: str
    share: int  # its whole-number weight in the total; 0: does not count
    problem: str = ""

    @property
    def field(self) -> str:
        """Its input's name."""
        return MARK + self.code

    @property
    def open(self) -> bool:
        """Nothing given yet."""
        return not self.value.strip()


@dataclass(frozen=True)
class Box:
    """One work of the strip: 3/20."""

    x: str
    width: str
    tone: str


def assignments_of(held: Assignment) -> list[Before]:
    """All works before the same judge in the round, in their order; one query."""
    works = Assignment.objects.active().filter(judge=held.judge_id).select_related("sheet")
    return [Before(one, getattr(one, "sheet", None)) for one in works.order_by("position", "pk")]


class ScorePage:
    """One work before its judge. typed: what came with a refused form stands in the fields instead of the sheet's."""

    def __init__(
        self, held: Assignment, *, typed: Typed | None = None, problems: Sequence[Problem] = (), stale: bool = False
    ) -> None:
        self.held = held
        self.round = held.round
        self.typed = typed
        self.problems = list(problems)
        self.stale = stale
        self.work = WorkShown(held)
        self.comment_max = COMMENT_MAX
        self.phrases = PHRASES
        self.now: datetime = clock.now()

    @cached_property
    def works(self) -> list[Before]:
        """The judge's works, this one among them."""
        return assignments_of(self.held)

    @cached_property
    def place(self) -> int:
        """Which of them this is, from 0."""
        return next((n for n, one in enumerate(self.works) if one.assignment.pk == self.held.pk), 0)

    @cached_property
    def before(self) -> Before:
        """This work with its sheet."""
        return self.works[self.place]

    @property
    def sheet(self) -> ScoreSheet | None:
        """Its sheet, if it was begun."""
        return self.before.sheet

    @property
    def version(self) -> int:
        """What the page was made from; a save that knows less is refused."""
        return self.sheet.version if self.sheet else 0

    @property
    def state(self) -> str:
        """new, draft, submitted, abstained, signed."""
        return self.before.state

    @cached_property
    def open(self) -> bool:
        """Whether scores are taken now."""
        return self.round.takes_scores(self.now)

    @property
    def editable(self) -> bool:
        """Whether this sheet may change."""
        return self.open and self.state in WRITABLE

    @property
    def shut(self) -> str:
        """Why it may not."""
        if self.state == "signed":
            return "这件已经签名，只能查看。确需修改，请把作品编号告诉组委会，由组委会退回重看。"
        if self.round.state != "open":
            return "本轮评分已经封存，只能查看。"
        if not self.open:
            early = self.round.opens_at is not None and self.now < self.round.opens_at
            return "评分还没有开始，可以先看作品。" if early else "评分时间已经结束，只能查看。"
        return ""

    @property
    def look_again(self) -> str:
        """The organiser's words, where a signed sheet came back."""
        if not (self.sheet and self.sheet.revision and self.state in WRITABLE):
            return ""
        found = self.sheet.second_looks.filter(answered_at=None).first()
        return found.reason if found else ""

    # --- The rubric -----------------------------------------------------------------------------------------

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The round's criteria, in order."""
        return list(self.round.criteria.all())

    @cached_property
    def stored(self) -> dict[str, str]:
        """Points as the sheet has them."""
        if self.sheet is None:
            return {}
        codes = {criterion.pk: criterion.code for criterion in self.criteria}
        return {codes[mark.criterion_id]: plain(mark.points) for mark in self.sheet.marks.all()}

    @property
    def values(self) -> Mapping[str, str]:
        """Points as the fields show them."""
        return self.typed.texts if self.typed else self.stored

    @property
    def comment(self) -> str:
        """The words as the field shows them."""
        if self.typed:
            return self.typed.comment
        return self.sheet.comment if self.sheet else ""

    @cached_property
    def shares(self) -> dict[str, int]:
        """Whole-number weights of the criteria that count, as the server's own total has them."""
        return dict(shares_of(Rules("mean", tuple(Rule(c.code, c.name, c.share, c.counts) for c in self.criteria))))

    @cached_property
    def dimensions(self) -> list[tuple[Dimension, list[Row]]]:
        """Headings with their rows."""
        said = {problem.field: problem.message for problem in self.problems}
        weighed = [Weighed(c.code, c.name, c.dimension, c.share, c.counts) for c in self.criteria]
        return [
            (
                dimension,
                [
                    Row(c.code, c.name, self.values.get(c.code, ""), self.shares.get(c.code, 0), said.get(c.code, ""))
                    for c in dimension.criteria
                ],
            )
            for dimension in dimensions_of(weighed)
        ]

    @property
    def rows(self) -> list[Row]:
        """All criteria."""
        return [row for _, rows in self.dimensions for row in rows]

    @property
    def given(self) -> int:
        """How many have points."""
        return sum(not row.open for row in self.rows)

    @property
    def total(self) -> Decimal:
        """Of what stands in the fields; what is missing counts as nothing yet."""
        if self.sheet and self.sheet.total is not None and not self.typed:
            return self.sheet.total
        marks = self.typed.marks if self.typed else {code: Decimal(said) for code, said in self.stored.items()}
        whole = sum(self.shares.values())
        if not whole or any(not mark.is_finite() for mark in marks.values()):
            return Decimal(0)
        return rounded(sum((marks.get(c, Decimal(0)) * s for c, s in self.shares.items()), Decimal(0)) / whole, 4)

    @property
    def quick(self) -> list[tuple[int, str]]:
        """Points for one tap, with what they mean."""
        return list(quick_scores(self.round.points_max))

    # --- How far, and where to ------------------------------------------------------------------------------

    @cached_property
    def strip(self) -> list[Box]:
        """One box a work."""
        each = Decimal(100) / len(self.works)
        width = each * (100 - STRIP_GAP) / 100
        return [
            Box(f"{n * each:.3f}%", f"{width:.3f}%", "now" if n == self.place else "done" if one.done else "")
            for n, one in enumerate(self.works)
        ]

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return sum(one.done for one in self.works)

    @property
    def following(self) -> Before | None:
        """The work after this."""
        return self.works[self.place + 1] if self.place + 1 < len(self.works) else None

    @property
    def preceding(self) -> Before | None:
        """The work before this."""
        return self.works[self.place - 1] if self.place else None

    @property
    def todo(self) -> Before | None:
        """Where to go after handing this in: the next that is not done, from here on and round."""
        order = [*self.works[self.place + 1 :], *self.works[: self.place]]
        return next((one for one in order if not one.done), None)

    @cached_property
    def own(self) -> dict[str, Any]:
        """The judge's own totals of other works on a line from `low` to `high`; nobody else's."""
        most = Decimal(self.round.points_max)
        totals = sorted(
            one.sheet.total
            for one in self.works
            if one.sheet and one.done and one.sheet.total is not None and one.assignment.pk != self.held.pk
        )
        low = min([most / 2, *totals]) // 5 * 5 if most >= 50 else Decimal(0)
        spots = [f"{(total - low) * 100 / (most - low):.1f}%" for total in totals]
        average = rounded(sum(totals, Decimal(0)) / len(totals), 2) if totals else None
        now = max(Decimal(0), min(Decimal(100), (self.total - low) * 100 / (most - low)))
        return {"spots": spots, "low": plain(low), "high": plain(most), "mean": average, "now": f"{now:.1f}%"}

    @property
    def data(self) -> list[dict[str, Any]]:
        """What the script needs to go on without the network: every work's number, state and version."""
        return [
            {"pk": one.assignment.pk, "code": one.assignment.code, "state": one.state,
             "version": one.sheet.version if one.sheet else 0, "done": one.done}
            for one in self.works
        ]  # fmt: skip
