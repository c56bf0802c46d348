"""How a likeness is noted, for `tests/test_traces.py`; takes the test's Stage."""

from collections.abc import Callable
from functools import partial
from typing import Any

from registrations.entry_models import Entry
from registrations.likeness_models import Likeness
from registrations.services import entering, likeness
from registrations.services.comparing import compare
from tests.registrations.entries.build import person
from tests.registrations.works.handed_in import hand_in, text
from tracks.models import Edition

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def begun(edition: Edition, name: str, phone: str) -> Entry:
    """An entry, whatever the time."""
    track = edition.tracks.get(code="worker")
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["C"], "track": track}
    return entering.make_entry(edition, values, representative=person(name, phone))


def copied(edition: Edition, of: Entry | None = None) -> Likeness:
    """A work with another person's file in it: the given entry's, or somebody's."""
    hand_in(begun(edition, "胡燕", "13800138901"), text("同一份文案"), category="C")
    version = hand_in(of or begun(edition, "祝宇", "13800138902"), text("同一份文案"), category="C")
    compare(version)
    return version.likenesses.get()


CASES: dict[Callable[..., Any], Case] = {
    likeness.note_likeness: (
        "likeness.noted",
        lambda s: partial(likeness.note_likeness, copied(s.edition), "同一份公开文案"),
    ),
}
