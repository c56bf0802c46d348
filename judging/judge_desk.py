"""What a judge sees first: the rounds they judge in, and the works before them, by blind number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, cached_property

from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.problems import Problem

from .models import Assignment, Judge, ScoreSheet


@cache
def _works() -> str:
    """`/judge/works/`."""
    return reverse("judge_work", args=[0]).removesuffix("0/")


TONES = {"draft": "wait", "submitted": "now", "abstained": "", "signed": "ok"}


@dataclass(frozen=True)
class Before:
    """One work before the judge."""

    assignment: Assignment
    sheet: ScoreSheet | None

    @property
    def state(self) -> str:
        """As the sheet has it; a work not yet begun is `new`."""
        return self.sheet.state if self.sheet else "new"

    @property
    def path(self) -> str:
        """Its page; written out, since a list of 180 would spend most of its time on finding addresses."""
        return f"{_works()}{self.assignment.pk}/"

    @property
    def label(self) -> str:
        """The state in words."""
        if self.sheet is None:
            return "未开始"
        if self.sheet.state == "draft":
            return "请重看" if self.sheet.revision else "未评完"
        return self.sheet.get_state_display()

    @property
    def tone(self) -> str:
        """The tag's colour."""
        return TONES.get(self.state, "")

    @property
    def done(self) -> bool:
        """Needs nothing more before signing."""
        return self.state in ("submitted", "abstained", "signed")


@dataclass(frozen=True)
class Desk:
    """One round on a judge's first page."""

    judge: Judge
    works: Sequence[Before]
    now: datetime

    @property
    def open(self) -> bool:
        """Whether scores are taken now."""
        return self.judge.round.takes_scores(self.now)

    @property
    def early(self) -> bool:
        """Whether scores will be taken from a moment to come."""
        opens = self.judge.round.opens_at
        return self.judge.round.state == "open" and opens is not None and self.now < opens

    @property
    def done(self) -> int:
        """How many works need nothing more."""
        return sum(work.done for work in self.works)

    @property
    def following(self) -> Before | None:
        """Where to go on: the first work not done, in the judge's order."""
        return next((work for work in self.works if not work.done), None)

    @property
    def to_sign(self) -> bool:
        """All are done, and some wait for the signature."""
        waits = any(work.state in ("submitted", "abstained") for work in self.works)
        return self.open and waits and self.done == len(self.works)

    @property
    def unready(self) -> list[Before]:
        """What stands between the judge and the signature."""
        return [work for work in self.works if not work.done]

    @property
    def signed(self) -> bool:
        """Everything is signed."""
        return bool(self.works) and all(work.state == "signed" for work in self.works)

    @cached_property
    def totals(self) -> list[Decimal]:
        """The judge's own totals, lowest first; nobody else's are shown before closing."""
        return sorted(w.sheet.total for w in self.works if w.sheet and w.done and w.sheet.total is not None)


def desks_of(user: User) -> list[Desk]:
    """The rounds that somebody judges in and that have opened or will; the published ones no longer. Two queries."""
    judges = user.judgeships.filter(state="active").exclude(round__state="published")
    judges = judges.select_related("round__category", "round__edition", "round__track", "round__session").order_by(
        "round__position"
    )
    held = Assignment.objects.of(user).filter(judge__in=judges).select_related("sheet").order_by("position", "pk")
    by_judge: dict[int, list[Before]] = {}
    for one in held:
        by_judge.setdefault(one.judge_id, []).append(Before(one, getattr(one, "sheet", None)))
    now = clock.now()
    return [Desk(judge, by_judge.get(judge.pk, []), now) for judge in judges]


def why_gone(user: User, assignment: int) -> Problem | None:
    """Why a work is no longer before somebody, in words; None when it never was, or still is."""
    mine = Assignment.objects.filter(judge__user=user).exclude(pk__in=Assignment.objects.of(user))
    held = mine.select_related("candidate", "judge").filter(pk=assignment).first()
    if held is None:
        return None
    if held.judge.state != "active":
        words = "您已退出本轮评审，分数没有存入。如有疑问，请联系组委会"
    elif held.candidate.state != "in":
        words = f"作品 {held.code} 已退出本轮评审，不用再评，分数没有存入"
    else:
        words = f"作品 {held.code} 已不在您名下，分数没有存入"
    return Problem("assignment.released", words)
