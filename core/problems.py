"""What is wrong, in words for the person who can put it right."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the same object feeds the form, the refusal and the spreadsheet's row report."""

    code: str  # stable, e.g. "places.exceeded"
    message: str  # plain Chinese: what is wrong and how to put it right
    field: str = ""  # the form field or spreadsheet column; empty: the whole
    level: Literal["error", "warning"] = "error"

    @property
    def blocks(self) -> bool:
        """True for an error; a warning is shown and may be passed over."""
        return self.level == "error"

    def at(self, field: str) -> "Problem":
        """The same problem, placed at another field."""
        return replace(self, field=field)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that block."""
    return [problem for problem in problems if problem.blocks]


class Refused(Exception):
    """A service declined; nothing was written. Carries every problem found."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("；".join(problem.message for problem in self.problems))

    @property
    def codes(self) -> list[str]:
        """The problems' codes, in order."""
        return [problem.code for problem in self.problems]


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise Refused when any of the problems blocks."""
    if found := errors(problems):
        raise Refused(found)
