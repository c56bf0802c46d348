"""One verdict on a file of a work: the page that takes it and `manage.py work check` say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.files.inspection.found import Found
from core.files.inspection.inspecting import inspect
from core.files.kinds import kind_of
from core.problems import Problem, Refused, errors
from tracks.rulebook.works import Material

from ..rules.materials import TYPES, check_file, type_of


@dataclass(frozen=True)
class Verdict:
    """What came of a file. `material`: the one it was judged as; None where no material takes its type."""

    problems: tuple[Problem, ...]
    type: str  # mp4, jpg …; empty where no edition knows it
    found: Found | None  # None: refused by core.files before any rule was asked
    material: Material | None = None

    @property
    def accepted(self) -> bool:
        """No problem blocks."""
        return not errors(self.problems)

    def told(self) -> dict[str, Any]:
        """The JSON of `work check`: {accepted, type, problems: [{code, message}]}."""
        return {
            "accepted": self.accepted,
            "type": self.type,
            "problems": [{"code": problem.code, "message": problem.message} for problem in self.problems],
        }


def verdict(file: Path | IO[bytes], name: str, materials: Sequence[Material]) -> Verdict:
    """Inspect a file and judge it by the material it fits best (a page passes exactly one)."""
    try:
        found = inspect(file, name)
    except Refused as refused:
        only = materials[0] if len(materials) == 1 else None
        problems = [problem.at(only.code) if only else problem for problem in refused.problems]
        return Verdict(tuple(problems), _type(file), None, only)
    return judge(found, name, materials)


def judge(found: Found, name: str, materials: Sequence[Material]) -> Verdict:
    """The same for a file that was inspected before (FileCheck.found)."""
    kind = type_of(found)
    files = [material for material in materials if material.kind == "file"]
    takers = [material for material in files if kind in material.types] or (files if len(files) == 1 else [])
    if not takers:
        wanted = "、".join(dict.fromkeys(kind for material in files for kind in material.types))
        said = f"“{name}”的内容是{found.kind.label}，没有材料收这种格式，只收 {wanted}。请另存为其中一种后再上传"
        return Verdict((Problem("material.type", said),), kind, found)
    verdicts = [Verdict(tuple(check_file(material, found, name)), kind, found, material) for material in takers]
    return min(verdicts, key=lambda given: len(errors(given.problems)))


def _type(file: Path | IO[bytes]) -> str:
    """What a refused file calls itself by its signature."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return TYPES.get(kind_of(opened), "")
    return TYPES.get(kind_of(file), "")
