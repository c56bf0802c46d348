"""One verdict on a file of a work: the page that takes it and `manage.py work check` say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.files.inspection.found import Found
from core.problems import Problem
from tracks.rulebook.works import Material


@dataclass(frozen=True)
class Verdict:
    """What came of a file. `material`: the one it was judged as; None where no material takes its type."""

    problems: tuple[Problem, ...]
    found: Found | None  # None: refused by core.files before any rule was asked
    material: Material | None = None

    @property
    def accepted(self) -> bool:
        """No problem blocks."""
        return not any(problem.blocks for problem in self.problems)

    def told(self) -> dict[str, Any]:
        """The JSON of `work check`: {accepted, type, problems: [{code, message}]}."""
        raise NotImplementedError


def verdict(file: Path | IO[bytes], name: str, materials: Sequence[Material]) -> Verdict:
    """Inspect a file and judge it by the material it fits best (a page passes exactly one)."""
    raise NotImplementedError


def judge(found: Found, name: str, materials: Sequence[Material]) -> Verdict:
    """The same for a file that was inspected before (FileCheck.found)."""
    raise NotImplementedError
