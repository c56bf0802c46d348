"""Keeping history: `@tracked` on a model, `recorded(...)` around a write, `AppendOnly` for ledgers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db.models import Model
from pghistory import runtime

from core import clock

M = TypeVar("M", bound=Model)

# `pgtrigger.Protect` has no TRUNCATE; a statement-level trigger that raises serves (architecture, decision 5).
NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'append-only: % may not be truncated', TG_TABLE_NAME;",
)
APPEND_ONLY_TRIGGERS = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    NO_TRUNCATE,
]


def tracked(*events: pghistory.Tracker, exclude: tuple[str, ...] = ()) -> Callable[[type[M]], type[M]]:
    """Keep every version of a model's rows; `exclude` names fields that never enter history in clear (phones).

    events: only these, where every version would be too many.
    """
    return pghistory.track(
        *(events or (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())),
        exclude=list(exclude),
        attrs={"append_only": True},
        meta={"triggers": [NO_TRUNCATE]},
    )


@contextmanager
def recorded(verb: str, *, by: Model | None, reason: str = "", **more: Any) -> Iterator[None]:
    """Give every row written inside it the verb, the actor and the reason.

    verb: a key of the app's `states.VERBS`. by: the user, or None for the system. more: small JSON facts,
    never a phone or a secret.
    """
    facts = {"verb": verb, "actor": by.pk if by else None} | ({"reason": reason} if reason else {}) | more
    if settings.DEMO:  # history keeps real time; the demo's reader lives at contest time
        facts["at"] = clock.now().isoformat()
    outer = getattr(runtime._tracker, "value", None)
    before = dict(outer.metadata) if outer else {}
    with pghistory.context(**facts):
        try:
            yield
        finally:  # pghistory would leave the inner verb standing over what the outer block still writes
            if outer:
                outer.metadata.clear()
                outer.metadata.update(before)
