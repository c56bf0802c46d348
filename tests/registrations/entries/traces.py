"""How each service about entries is called, for `tests/test_traces.py`; each takes the test's Stage."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core import clock
from registrations.entry_models import Entry
from registrations.services import consenting, entering

from .build import REGISTERING, TEXTS, claim, draft

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def begun(stage: Any) -> Entry:
    """A draft of the stage's person that lacks nothing."""
    clock.set_now(REGISTERING)
    entry = draft(stage.edition, stage.person)
    claim(entry)
    return entry


def beginning(stage: Any) -> Callable[..., Any]:
    """Begin an entry, whoever it is."""
    clock.set_now(REGISTERING)
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"]}
    return partial(entering.open_entry, stage.edition, values | {"track": stage.row.track})


CASES: dict[Callable[..., Any], Case] = {
    entering.open_entry: ("entry.opened", beginning),
    entering.save_entry: ("entry.saved", lambda s: partial(entering.save_entry, begun(s), {"organisation": "新中学"})),
    entering.enter: ("entry.entered", lambda s: partial(entering.enter, begun(s), accepted=TEXTS)),
    entering.withdraw_entry: ("entry.withdrawn", lambda s: partial(entering.withdraw_entry, begun(s))),
    entering.unlock_entry: (
        "entry.unlocked",
        lambda s: partial(entering.unlock_entry, begun(s), REGISTERING.replace(day=28), reason="来电说明"),
    ),
    consenting.give: (
        "consent.given",
        lambda s: partial(consenting.give, consenting.texts_for(s.edition, "participant"), s.edition),
    ),
}
