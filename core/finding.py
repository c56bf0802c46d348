"""What a search for staff finds: hits of one kind, as every app's `finding.find(user, words, edition)` gives them."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 8  # hits shown of one kind; the list behind `more` has the rest


@dataclass(frozen=True)
class Hit:
    """One thing found. note: what tells it from others of its name; never a phone or a mailbox."""

    name: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """The hits of one kind."""

    title: str
    hits: Sequence[Hit]
    more: str = ""  # the admin's own list, already searched

    @property
    def cut(self) -> bool:
        """There may be more than are shown."""
        return len(self.hits) == MOST
