"""What the 推荐表 page shows: one object, gathered in a constant number of queries however many rows there are."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby

from core import clock
from core.audit.timeline import Moment, timeline
from core.problems import Problem, errors
from tracks.models import TrackContact
from tracks.rulebook import Window
from tracks.rulebook.contest import Category
from tracks.rulebook.units import UnitCategory

from . import states
from .grid import Outcome, TeamBox, blank, cells_of, team_box
from .lines import INPUTS, Blank, Fold, Line, Verdict, numbers, verdicts_of
from .models import Recommendation, RecommendationRow
from .rules import check_window, judge_name
from .services.facts import FormFacts
from .services.stamping import Stamp
from .steps import Step, steps_of

FOLD_FROM, FOLD_KEEPS = 4, 2  # so many rows in a run that nobody can change are folded, but for the last ones


@dataclass
class SheetPage:
    """填写推荐表: quota, steps, rows, and what would happen if they were submitted now."""

    form: Recommendation
    facts: FormFacts
    refused: list[Problem] = field(default_factory=list)  # why what was just tried did not go through
    now: datetime = field(default_factory=clock.now)
    outcome: Outcome = field(default_factory=Outcome)  # of what was just saved
    tried: str = "submit"
    show_all: bool = False
    blanks: int = 0  # empty rows below the others

    @cached_property
    def rows(self) -> list[RecommendationRow]:
        """All rows, in order."""
        return list(self.form.rows.select_related("track"))

    @cached_property
    def lines(self) -> list[Line]:
        """The rows with their problems. Drafts take the places that are left in the order of the sheet, wrong ones too:
        what stands first is wanted first, and mending it must not find its place gone.
        """
        left = max((self.facts.quota.limit or 0) - self.facts.quota.taken, 0)
        lines = []
        for row in self.rows:
            editable, draft = row.state in states.EDITABLE, row.state == "draft"
            problems = self._problems(row) if editable else []
            over = draft and left <= 0
            left -= draft
            lines.append(self._line(row, problems, editable and not over and not errors(problems), over))
        return lines

    def _problems(self, row: RecommendationRow) -> list[Problem]:
        place = f"row-{row.pk}-"
        said = [p.at(p.field.removeprefix(place)) for p in self.outcome.problems if p.field.startswith(place)]
        back = self.facts.locked(row, self.now) + self.facts.unanswered(row)
        return said + back + self.facts.problems(row) + self.facts.duplicates(row)

    def _line(self, row: RecommendationRow, problems: list[Problem], fits: bool, over: bool) -> Line:
        stored, team = cells_of(self.facts, row), team_box(self.facts.naming, row.team_name)
        cells = self.outcome.typed.get(row.pk, stored)
        if cells.team != stored.team:  # typed and not saved: whatever it is, it is shown as it is
            team = replace(team, value=cells.team) if team.kind == "slot" else TeamBox("whole", cells.team)
        named_wrong = any(problem.field == "team" and problem.blocks for problem in problems)
        suggestion = judge_name(self.facts.naming, row.team_name).suggestion if named_wrong else ""
        return Line(row, problems, fits, over, cells, team, suggestion, stored.mark)

    @property
    def sheet(self) -> list[Line | Fold]:
        """The lines, long runs of unchangeable ones folded."""
        found: list[Line | Fold] = []
        for editable, group in groupby(self.lines, key=lambda line: line.editable):
            run = list(group)
            if not editable and not self.show_all and len(run) >= FOLD_FROM:
                found.append(Fold(run[:-FOLD_KEEPS]))
                run = run[-FOLD_KEEPS:]
            found += run
        return found

    @cached_property
    def empty(self) -> list[Blank]:
        """Rows below the others: what was typed and has no row any more, then empty ones; one on an empty sheet."""
        start = blank(self.facts)
        wanted = self.blanks or (0 if self.rows else 1)
        return [Blank.of(self.facts, cells, start) for cells in [*self.outcome.lost, *[start] * wanted]]

    @property
    def pattern(self) -> Blank:
        """What the browser makes a new row from."""
        start = blank(self.facts)
        return Blank("n0", start, team_box(self.facts.naming, ""), start.mark)

    @property
    def last_fitting(self) -> RecommendationRow | None:
        """The draft whose place a row beyond the places may take."""
        drafts = [line.row for line in self.lines if line.movable and not line.over]
        return drafts[-1] if drafts else None

    @property
    def refusal(self) -> list[Problem]:
        """The same, placed at the inputs of the page."""
        return [_at_input(problem) for problem in self.refused]

    @property
    def refusal_title(self) -> str:
        """What did not go through."""
        if self.outcome.problems:
            return "有内容没有存下，请看下面"
        return "没有提交成功，一行也没有提交" if self.tried == "submit" else "没有办成，请看原因"

    @property
    def window(self) -> Window:
        """推荐报送."""
        return self.facts.window

    @property
    def is_open(self) -> bool:
        """Whether it still goes on for this unit."""
        return self.window.contains(self.now)

    @property
    def ready(self) -> list[RecommendationRow]:
        """What can be submitted right now; after the deadline only returned rows (Q32)."""
        return [line.row for line in self.lines if line.fits and (self.is_open or line.row.state == "returned")]

    @property
    def wrong(self) -> list[Line]:
        """The rows that must be mended."""
        return [line for line in self.lines if line.bad]

    @property
    def asking(self) -> list[Line]:
        """The rows that wait for the clerk's word."""
        return [line for line in self.lines if line.asks]

    @property
    def over(self) -> list[Line]:
        """The rows beyond the places."""
        return [line for line in self.lines if line.over]

    @property
    def drafts(self) -> int:
        """How many rows are drafts."""
        return sum(row.state == "draft" for row in self.rows)

    @property
    def verdicts(self) -> list[Verdict]:
        """此刻提交会怎样: whatever keeps a row from being submitted, or should be looked at first."""
        return [verdict for line in self.lines for verdict in verdicts_of(line)]

    @property
    def troubled(self) -> int:
        """How many rows those are about."""
        return sum(bool(verdicts_of(line)) for line in self.lines)

    @property
    def forecast(self) -> str:
        """The same in one sentence."""
        names = "、".join(dict.fromkeys(row.track.name for row in self.ready))
        if self.ready:
            return f"{numbers(self.ready)}会提交给{names}联系人审核，共 {len(self.ready)} 行。{self.note}"
        return f"{self.say}。{self.note}"

    @property
    def category(self) -> UnitCategory:
        """The unit's category in this edition."""
        return self.facts.rulebook.unit_category(self.facts.quota.category)

    @property
    def categories(self) -> list[Category]:
        """The boxes of 报名类别."""
        return list(self.facts.rulebook.categories)

    @property
    def tracks(self) -> list[tuple[str, str]]:
        """(id, short name) of each track."""
        return [(str(track.pk), self.facts.track_names[track.code]) for track in self.facts.tracks]

    @property
    def spare(self) -> int:
        """Places that could be handed back while the window is open."""
        quota = self.facts.quota
        return (quota.limit or 0) - quota.taken if self.window.contains(self.now) else 0

    @property
    def meta(self) -> str:
        """The line below the title."""
        return f"{self.form.unit.full_name} · {self.category.name}"

    @property
    def say(self) -> str:
        """The bar's one sentence: what can be done right now."""
        if self.ready:
            return f"{len(self.ready)} 行可以提交"
        if self.filled_in:
            step = self.next_step
            if step is None:
                return f"{self.filled_in} 行都已通过"
            then = f"接下来{step['name']}" if "href" in step else "等赛道联系人审核"
            return f"{self.filled_in} 行都已提交，{then}"
        if returned := sum(row.state == "returned" for row in self.rows):
            return f"{returned} 行退回补正，请照退回理由改好"
        if problems := check_window(self.window, self.now):
            return problems[0].message
        return "还没有可以提交的行"

    @property
    def note(self) -> str:
        """What stays behind, below that sentence."""
        wrong = f"{numbers(line.row for line in self.wrong)}改好才能交" if self.wrong else ""
        asking = f"{numbers(line.row for line in self.asking)}请确认电话" if self.asking else ""
        over = f"{numbers(line.row for line in self.over)}超出名额，留作草稿" if self.over else ""
        parts = [part for part in (wrong, asking, over) if part]
        return "；".join(parts) + "。" if parts else ""

    @cached_property
    def stamp(self) -> Stamp:
        """Where the form stands with printing and stamping."""
        return Stamp(self.form, self.rows)

    @property
    def steps(self) -> list[Step]:
        """填写 → 打印盖章 → 上传扫描件 → 审核."""
        return steps_of(self.rows, self.stamp)

    @property
    def filled_in(self) -> int:
        """How many rows were submitted, once no draft or returned row is left to mend; 0 until then."""
        left = any(row.state in states.EDITABLE for row in self.rows)
        return 0 if left else sum(row.state in states.HOLDS_A_PLACE for row in self.rows)

    @property
    def next_step(self) -> Step | None:
        """What comes after filling in; None before, and when everything is done."""
        steps = self.steps if self.filled_in else []
        return next((step for step in steps if step["state"] in ("now", "fix")), None)

    @property
    def moments(self) -> list[Moment]:
        """办理记录, the latest few."""
        paper = (*self.stamp.prints, *self.stamp.scans)
        found = timeline(self.form, self.facts.quota, *self.rows, *paper, limit=30)
        told = [moment for moment in found if moment.verb != "row.phone_shown"]
        runs = groupby(told, key=lambda moment: (moment.who, moment.label, moment.reason))
        return [replace(next(run), changes={}) for _, run in runs][:6]  # of ten saves in a row one tells enough

    @property
    def contacts(self) -> list[TrackContact]:
        """Whom to ask: the contacts of the rows' tracks, of the preset track before there are any."""
        tracks = {row.track_id for row in self.rows} or {self.facts.default_track.pk}
        return list(TrackContact.objects.filter(track_id__in=tracks).select_related("track", "user"))


def _at_input(problem: Problem) -> Problem:
    """A row's problem (`row-<pk>-<column>`) placed at its input, `r<pk>-<column>`, else at its row."""
    place, _, rest = problem.field.partition("-")
    key, _, column = rest.partition("-")
    if place != "row":
        return problem
    return problem.at(f"r{key}-{column}" if column in INPUTS else f"r{key}")
