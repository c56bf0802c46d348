"""What is handed in, against the edition's material specification: min and max of everything (N23, practice 8–10)."""

from collections.abc import Mapping, Sequence

from core.files.inspection.found import Found
from core.problems import Problem
from tracks.rulebook.works import Material


def type_of(found: Found) -> str:
    """The edition file's word for a type: mp4, jpg …; empty for what no edition can ask for."""
    raise NotImplementedError


def check_file(material: Material, found: Found, name: str) -> list[Problem]:
    """One file against one material. Codes `material.<code>`: type, size, seconds, width, height, dpi, codec, pages,
    characters; `field` is the material's code. Levels: a warning may be passed over."""
    raise NotImplementedError


def check_fields(materials: Sequence[Material], values: Mapping[str, str]) -> list[Problem]:
    """Texts, numbers, choices and links as typed (material code → value); what is required and empty is check_set's.

    Codes: characters, pattern, number, choice, link; `field` is the material's code.
    """
    raise NotImplementedError


def check_set(materials: Sequence[Material], counts: Mapping[str, int]) -> list[Problem]:
    """Is all there? counts: material code → files handed in, or 1 for a field that is filled in.

    Codes: required, one_of, count_min, count_max; `field` is the material's code (of one_of: the first one's).
    """
    raise NotImplementedError
