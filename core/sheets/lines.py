"""What a row of an upload would do, for the preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.problems import Problem

from .tables import Table

Verdict = Literal["new", "changed", "unchanged", "wrong"]


@dataclass(frozen=True)
class Line:
    """One row judged; apps subclass it with what they would store."""

    number: int  # as the sheet shows it
    title: str  # what the row is about
    verdict: Verdict
    problems: Sequence[Problem] = ()
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # field's Chinese name → (before, after)

    def told(self, table: Table) -> list[str]:
        """Its problems, each with the cell it sits in."""
        return [
            f"{table.cell(self.number, problem.field)}：{problem.message}"
            if problem.field in table.places
            else problem.message
            for problem in self.problems
        ]
