"""How a likeness is noted, for `tests/test_traces.py`; takes the test's Stage."""

from collections.abc import Callable
from functools import partial
from typing import Any

from registrations.likeness_models import Likeness
from registrations.services import likeness
from registrations.services.comparing import compare
from tests.registrations.works.handed_in import entry, hand_in, text

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def copied(edition: Any) -> Likeness:
    """Of two works of other people, the second with the first one's file."""
    _, version = [hand_in(entry(edition, name), text("同一份文案")) for name in ("祝宇", "胡燕")]
    compare(version)
    return version.likenesses.get()


CASES: dict[Callable[..., Any], Case] = {
    likeness.note_likeness: (
        "likeness.noted",
        lambda s: partial(likeness.note_likeness, copied(s.edition), "同一份公开文案"),
    ),
}
