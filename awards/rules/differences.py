"""What two lists differ in: 谁进谁出 (what-if, version 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Place:
    """Where somebody stands in a list."""

    level: str  # code
    position: int
    said: str  # what is printed of them: name, title; a correction of it is a difference too


@dataclass(frozen=True)
class Difference:
    """One recipient's."""

    key: str
    how: Literal["in", "out", "level", "words", "position"]
    before: Place | None
    after: Place | None

    @property
    def label(self) -> str:
        """进, 出, 等次变动, 更正, 次序变动."""
        return LABELS[self.how]


LABELS = {"in": "新列入", "out": "不再列入", "level": "等次变动", "words": "文字更正", "position": "次序变动"}
ORDER = tuple(LABELS)


def differences(before: Mapping[str, Place], after: Mapping[str, Place]) -> list[Difference]:
    """Who comes in, goes out, changes the level, the words, or only the position; in that order."""
    found = [one for key in before.keys() | after.keys() if (one := _one(key, before.get(key), after.get(key)))]
    return sorted(found, key=lambda one: (ORDER.index(one.how), (one.after or one.before or _NONE).position, one.key))


_NONE = Place("", 0, "")


def _one(key: str, old: Place | None, new: Place | None) -> Difference | None:
    if old is None or new is None:
        return Difference(key, "in" if old is None else "out", old, new)
    if old.level != new.level:
        return Difference(key, "level", old, new)
    if old.said != new.said:
        return Difference(key, "words", old, new)
    return Difference(key, "position", old, new) if old.position != new.position else None
