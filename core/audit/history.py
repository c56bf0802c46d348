"""Keeping history: `@tracked` on a model, `recorded(...)` around a write, append-only triggers for ledgers.

History never changes, but for one thing the law asks: what names a person may be blanked (`core.audit.redaction`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db.models import Model
from pghistory import runtime

from core import clock

from .redaction import REDACTED, REDACTED_CONTEXT

M = TypeVar("M", bound=Model)

# These write no row: the points of a transaction to come back to, and what `core.prepared` only reads.
_READING = ("savepoint", "release savepoint", "rollback to savepoint", "execute select_")
runtime.IGNORED_SQL_PREFIXES = (*runtime.IGNORED_SQL_PREFIXES, *_READING)  # type: ignore[assignment]

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


# The owner, too, can do no more to history than blank what its model calls personal, and the words of a deed.
_BLANKING_ONLY = """
    IF TG_OP = 'UPDATE' AND NOT EXISTS (
        SELECT FROM jsonb_each(to_jsonb(NEW)) AS now
         WHERE now.value IS DISTINCT FROM to_jsonb(OLD) -> now.key
           AND NOT (now.key = ANY (ARRAY[{personal}]::text[]) AND now.value = to_jsonb('{mark}'::text))
           AND NOT (now.key = 'pgh_context' AND now.value IS NOT DISTINCT FROM (
                    SELECT {context} FROM (SELECT OLD.pgh_context) AS deed))
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME;
"""


def tracked(
    *events: pghistory.Tracker, exclude: tuple[str, ...] = (), personal: tuple[str, ...] = ()
) -> Callable[[type[M]], type[M]]:
    """Keep every version of a model's rows.

    events: only these, where every version would be too many. exclude: fields that never enter history in clear
    (phones). personal: text fields that name a person or were typed about one; they do enter history, and are blanked
    there when that person's data is deleted (`core.audit.redaction.redact`).
    """
    columns = ", ".join(f"'{column}'" for column in personal)
    guard = pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=_BLANKING_ONLY.format(personal=columns, mark=REDACTED, context=REDACTED_CONTEXT),
    )
    return pghistory.track(
        *(events or (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())),
        exclude=list(exclude),
        append_only=False,  # our own guard stands instead
        attrs={"append_only": True, "personal": personal},
        meta={"triggers": [NO_TRUNCATE, guard]},
    )


@contextmanager
def recorded(verb: str, *, by: Model | None, reason: str = "", **more: Any) -> Iterator[None]:
    """Give every row written inside it the verb, the actor and the reason.

    verb: a key of the app's `states.VERBS`. by: the user, or None for the system. more: small JSON facts,
    never a phone or a secret.
    """
    facts = {"verb": verb, "actor": by.pk if by else None} | ({"reason": reason} if reason else {}) | more
    outer = getattr(runtime._tracker, "value", None)
    before = dict(outer.metadata) if outer else {}
    if settings.DEMO:  # history keeps real time; the demo's reader lives at contest time
        facts["at"] = before.get("at") or clock.roughly_now().isoformat()
    with pghistory.context(**facts):
        try:
            yield
        finally:  # pghistory would leave the inner verb standing over what the outer block still writes
            if outer:
                outer.metadata.clear()
                outer.metadata.update(before)
