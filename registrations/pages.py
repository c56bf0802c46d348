"""What the 推荐表 page shows: one object, gathered in a constant number of queries however many rows there are."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.urls import reverse

from core import clock
from core.accounts.contacts import mask_phone
from core.audit.timeline import Moment, timeline
from core.problems import Problem, errors
from tracks.models import TrackContact
from tracks.rulebook import Window
from tracks.rulebook.units import UnitCategory

from . import states
from .models import Recommendation, RecommendationRow
from .rules import Places, check_places, check_window
from .services.facts import FormFacts
from .services.recommending import row_problems


@dataclass(frozen=True)
class Line:
    """One row of the sheet, and what stands in its way."""

    row: RecommendationRow
    problems: list[Problem]
    fits: bool  # right, and within the places that are left
    over: bool  # right, but beyond them: it stays a draft

    @property
    def bad(self) -> bool:
        """Something must be mended first; a warning alone does not count."""
        return bool(errors(self.problems))

    @property
    def phone(self) -> str:
        """Masked once it is a number; what is not one is shown as typed, so that it can be mended."""
        return mask_phone(self.row.phone) if self.row.phone.startswith("+") else self.row.phone

    @property
    def edit(self) -> str:
        """Where the row is mended."""
        return reverse("row_edit", kwargs={"row": self.row.pk})


@dataclass
class SheetPage:
    """填写推荐表: quota, steps, rows, and what would happen if they were submitted now."""

    form: Recommendation
    facts: FormFacts
    refused: list[Problem] = field(default_factory=list)  # why the submission just tried did not go through
    now: datetime = field(default_factory=clock.now)

    @cached_property
    def rows(self) -> list[RecommendationRow]:
        """All rows, in order."""
        return list(self.form.rows.select_related("track"))

    @cached_property
    def lines(self) -> list[Line]:
        """The rows with their problems; drafts take the places that are left in order."""
        left = max((self.facts.quota.limit or 0) - self.facts.quota.taken, 0)
        lines = []
        for row in self.rows:
            editable, draft = row.state in states.EDITABLE, row.state == "draft"
            problems = row_problems(self.facts, row, self.now) if editable else []
            right = editable and not errors(problems)
            fits = right and (not draft or left > 0)
            left -= draft and fits
            lines.append(Line(row, problems, fits, over=right and not fits))
        return lines

    @property
    def refusal(self) -> list[Problem]:
        """The same, placed at the lines of the page."""
        return [_at_line(problem) for problem in self.refused]

    @property
    def window(self) -> Window:
        """推荐报送."""
        return self.facts.window

    @property
    def ready(self) -> list[RecommendationRow]:
        """What can be submitted right now; after the deadline only returned rows (Q32)."""
        is_open = self.window.contains(self.now)
        return [line.row for line in self.lines if line.fits and (is_open or line.row.state == "returned")]

    @property
    def wrong(self) -> int:
        """How many rows must be mended."""
        return sum(line.bad for line in self.lines)

    @property
    def over(self) -> int:
        """How many rows are beyond the places."""
        return sum(line.over for line in self.lines)

    @property
    def drafts(self) -> int:
        """How many rows are drafts."""
        return sum(row.state == "draft" for row in self.rows)

    @property
    def summary(self) -> list[Problem]:
        """此刻提交会怎样, placed at the lines of the page."""
        found = [_at_line(problem) for line in self.lines for problem in line.problems]
        if self.over:
            fresh = sum(line.fits and line.row.state == "draft" for line in self.lines)
            found += check_places(Places(self.facts.quota.limit, self.facts.quota.taken, fresh + self.over))
        return found

    @property
    def category(self) -> UnitCategory:
        """The unit's category in this edition."""
        return self.facts.rulebook.unit_category(self.facts.quota.category)

    @property
    def meta(self) -> str:
        """The line below the title."""
        return f"{self.form.unit.full_name} · {self.category.name}"

    @property
    def say(self) -> str:
        """The bar's one sentence: what can be done right now."""
        if self.ready:
            return f"{len(self.ready)} 行可以提交"
        if problems := check_window(self.window, self.now):
            return problems[0].message
        return "还没有可以提交的行"

    @property
    def note(self) -> str:
        """What stays behind, below that sentence."""
        wrong = f"{self.wrong} 行要改好才能交" if self.wrong else ""
        over = f"{self.over} 行超出名额，留作草稿" if self.over else ""
        return "；".join(part for part in (wrong, over) if part)

    @property
    def steps(self) -> list[dict[str, str]]:
        """填写 → 审核."""
        held = sum(row.state in states.HOLDS_A_PLACE for row in self.rows)
        passed = sum(row.state == "approved" for row in self.rows)
        returned = sum(row.state == "returned" for row in self.rows)
        filling = bool(self.drafts or not held)
        fill = {
            "name": "填写",
            "state": "now" if filling else "done",
            "note": f"{held} 行已提交，{self.drafts} 行草稿",
        }
        review = {"name": "审核", "state": "todo", "note": "赛道联系人逐行审核"}
        if returned:
            review |= {"state": "fix", "note": f"{returned} 行退回，请补正"}
        elif held and not filling:
            review |= {"state": "done" if passed == held else "now", "note": f"已通过 {passed} 行，共 {held} 行"}
        return [fill, review]

    @property
    def moments(self) -> list[Moment]:
        """办理记录, the latest few."""
        return timeline(self.form, *self.rows, limit=6)

    @property
    def contacts(self) -> list[TrackContact]:
        """Whom to ask: the contacts of the rows' tracks, of the preset track before there are any."""
        tracks = {row.track_id for row in self.rows} or {self.facts.default_track.pk}
        return list(TrackContact.objects.filter(track_id__in=tracks).select_related("track", "user"))


def _at_line(problem: Problem) -> Problem:
    """A row's problem (`row-<pk>-<column>`) placed at its line of the page, `r<pk>`."""
    place, _, rest = problem.field.partition("-")
    return problem.at(f"r{rest.partition('-')[0]}") if place == "row" else problem
