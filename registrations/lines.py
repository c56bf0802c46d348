"""One line of the 推荐表 page: a row with its cells, and what stands in its way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from uuid import uuid4

from core.problems import Problem, errors

from . import states
from .grid import Cells, TeamBox, team_box
from .models import RecommendationRow
from .services.facts import FormFacts

CONFIRMABLE = "phone.shared"  # an error that the clerk may say is none
INPUTS = {"name", "team", "organisation", "phone", "categories", "track", "email"}  # cells that can take the focus


@dataclass(frozen=True)
class Blank:
    """A row that is not kept yet; the browser's own mark tells it from the others, so that it is made only once."""

    token: str
    cells: Cells
    team: TeamBox
    mark: str

    @classmethod
    def of(cls, facts: FormFacts, cells: Cells, start: Cells) -> "Blank":
        """cells: what stands in it. start: the empty row; whatever differs from it counts as typed."""
        team = replace(team_box(facts.naming, ""), value=cells.team)
        return cls(f"n{uuid4().hex}", cells, team, start.mark)


@dataclass(frozen=True)
class Line:
    """One row of the sheet, and what stands in its way."""

    row: RecommendationRow
    problems: list[Problem]
    fits: bool  # right, and within the places that are left
    over: bool  # beyond them: it stays a draft
    cells: Cells
    team: TeamBox
    suggestion: str = ""  # the right team name, for 一键采用
    mark: str = ""

    @property
    def token(self) -> str:
        """What its inputs are called by."""
        return str(self.row.pk)

    @property
    def editable(self) -> bool:
        """It has inputs; other rows are shown as text."""
        return self.row.state in states.EDITABLE

    @property
    def movable(self) -> bool:
        """It may change its place on the sheet: only drafts, for a submitted row's 序号 may already be on paper."""
        return self.row.state == "draft"

    @property
    def asks(self) -> bool:
        """Only the clerk's word is missing: the phone is right though another row has it."""
        return {problem.code for problem in errors(self.problems)} == {CONFIRMABLE}

    @property
    def conflict(self) -> bool:
        """Somebody else changed it while it was being typed in; the clerk says whose word counts."""
        return any(problem.code == "row.conflict" for problem in self.problems)

    @property
    def unanswered(self) -> bool:
        """It was sent back and stands as it stood; the clerk may mend it, or say why nothing in it needs mending."""
        return any(problem.code == "row.not_corrected" for problem in self.problems)

    @property
    def bad(self) -> bool:
        """Something must be mended first; a warning alone does not count, nor what the clerk may confirm."""
        return bool(errors(self.problems)) and not self.asks

    @property
    def tone(self) -> str:
        """Its colour: bad, warn, over, locked or none."""
        if not self.editable:
            return "locked"
        if self.bad:
            return "bad"
        if self.over:
            return "over"
        return "warn" if self.problems or self.row.state == "returned" else ""

    @property
    def tag(self) -> tuple[str, str]:
        """(tone, words) of the label below its number; no tone: the state's own."""
        if self.bad:
            return "bad", "要修改"
        if self.over:
            return "bad", "超出名额"
        return ("wait", "请核对") if self.asks else ("", "")

    @property
    def invalid(self) -> set[str]:
        """The cells at which something must be mended."""
        return {problem.field for problem in errors(self.problems) if problem.code != CONFIRMABLE}

    @property
    def notes(self) -> list[tuple[str, str]]:
        """(word, sentence) of each problem."""
        mild = (CONFIRMABLE, "row.not_corrected")
        return [("提醒" if p.code in mild or not p.blocks else "错误", p.message) for p in self.problems]

    @property
    def right_name(self) -> tuple[str, str]:
        """The suggestion, split where it begins to differ from what was typed."""
        typed, right = self.row.team_name, self.suggestion
        alike = takewhile(lambda at: typed[at] == right[at], range(min(len(typed), len(right))))
        split = len(list(alike))
        return right[:split], right[split:]

    @property
    def phone(self) -> str:
        """Masked once it is a number."""
        return self.cells.phone

    @property
    def signature(self) -> tuple[object, ...]:
        """Two lines of the same signature look the same, their inputs apart."""
        return (self.row.position, self.row.state, self.tone, self.over, self.problems, self.suggestion)


@dataclass(frozen=True)
class Fold:
    """Rows that nobody can change any more, folded away."""

    lines: list[Line]

    @property
    def words(self) -> str:
        """第 1–16 行已提交，已收起."""
        done = "、".join(dict.fromkeys(line.row.get_state_display() for line in self.lines))
        return f"第 {self.lines[0].row.position}–{self.lines[-1].row.position} 行{done}，已收起"


@dataclass(frozen=True)
class Verdict:
    """A line of 此刻提交会怎样."""

    words: str
    place: str  # the id of the input or row it is about
    tone: str  # bad, wait
    tag: str


def verdicts_of(line: Line) -> list[Verdict]:
    """What 此刻提交会怎样 has to say about a line."""
    said = [
        Verdict(
            f"第 {line.row.position} 行：{problem.message}",
            f"r{line.token}-{problem.field}" if problem.field in INPUTS else f"r{line.token}",
            "bad" if problem.blocks and problem.code != CONFIRMABLE else "wait",
            "要修改" if problem.blocks and problem.code != CONFIRMABLE else "请核对",
        )
        for problem in line.problems
    ]
    if line.over:
        words = f"第 {line.row.position} 行：名额已满，提交时留作草稿"
        said.append(Verdict(words, f"r{line.token}", "bad", "超出名额"))
    return said


def numbers(rows: Iterable[RecommendationRow]) -> str:
    """第 2–5、7 行."""
    positions = sorted(row.position for row in rows)
    runs: list[list[int]] = []
    for position in positions:
        if runs and position == runs[-1][-1] + 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    told = "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return f"第 {told} 行"
