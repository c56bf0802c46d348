"""The kinds of notice: each app registers its own in its `notices.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of notice; its words are in `templates/notices/<name>.subject.txt`, `.txt` and `.html`."""

    name: str  # "recommendation-arrived"
    label: str  # what staff call it
    sample: Callable[[], Mapping[str, Any]]  # placeholders for previews and tests
    safe_to_repeat: bool = False  # after a doubtful delivery it may go out again by itself (never award notices)
    private: bool = False  # holds a personal link: staff do not see its text
    # Where it goes, asked of the thing it is about when it is sent: for a number that is kept sealed and must not
    # stand in a notice's row. "" when nobody is to be reached any more. Such kinds travel by SMS.
    reach: Callable[[Any], str] | None = None


kinds: dict[str, Kind] = {}


def register(*new: Kind) -> None:
    """Make kinds known. Raises ValueError for a name taken by another kind."""
    for kind in new:
        if kinds.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two kinds of notice named {kind.name}")
