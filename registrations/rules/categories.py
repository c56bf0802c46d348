"""Which unit category a unit falls into, and how many places that gives (G7–G13, Q3, Q4)."""

from collections.abc import Iterable

from tracks.rulebook import Rulebook
from tracks.rulebook.units import UnitCategory


def category_for(kind: str, flags: frozenset[str], categories: Iterable[UnitCategory]) -> UnitCategory | None:
    """The category of a unit: those of its kind whose titles its county holds; the one with most places wins (Q4).

    kind: `Unit.kind`. flags: titles in force of its county. None: the edition knows no such unit.
    """
    fitting = [c for c in categories if c.unit_kind == kind and (not c.flags or flags & set(c.flags))]
    return max(fitting, key=lambda category: category.quota or 0, default=None)


def presetting(track: str, rulebook: Rulebook) -> list[str]:
    """Codes of the unit categories whose rows begin on this track; its contacts look after these units."""
    first = rulebook.tracks[0].code if rulebook.tracks else ""
    return [category.code for category in rulebook.unit_categories if (category.default_track or first) == track]
