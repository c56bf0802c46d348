"""Blanking a person in history: the one sanctioned change to tables that otherwise only grow (PIPL 47).

The application role may not update history. It may call one procedure, which runs as the tables' owner, overwrites
listed personal columns with `（已删除）`, takes the typed words out of the same deeds wherever they stand, and writes a
line into the ledger `core.audit.models.Redaction` in the same breath. The tables' own triggers let nothing else
through (`core.audit.history`), whoever asks.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connection, connections
from django.db.models import Model

from core.database import role_exists

REDACTED = "（已删除）"
# What a deed's context becomes: verb, actor and time stay, what was typed goes.
REDACTED_CONTEXT = f"""(pgh_context - 'changes') || CASE WHEN pgh_context ? 'reason'
    THEN jsonb_build_object('reason', '{REDACTED}') ELSE '{{}}' END"""
_PROCEDURE = f"""
CREATE OR REPLACE PROCEDURE redact_history(history regclass, things text[], columns text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    one name;
    deeds uuid[];
    ledger regclass;
    typed constant text := 'pgh_context ?| ARRAY[''reason'', ''changes'']';
    this_deed constant uuid := NULLIF(current_setting('pghistory.context_id', TRUE), '')::uuid;
BEGIN
    FOREACH one IN ARRAY columns LOOP
        EXECUTE format('UPDATE %1$s SET %2$I = $1 WHERE pgh_obj_id::text = ANY ($2) AND %2$I <> '''' AND %2$I <> $1',
                       history, one) USING '{REDACTED}', things;
    END LOOP;
    EXECUTE format('SELECT array_agg(DISTINCT pgh_context_id) FROM %s WHERE pgh_obj_id::text = ANY ($1) AND %s',
                   history, typed) INTO deeds USING things;
    deeds := array_remove(deeds, this_deed);  -- its own reason says why somebody was blanked
    IF deeds <> '{{}}' THEN
        FOR ledger IN SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                       WHERE attname = 'pgh_context_id' AND relkind = 'r'
                         AND relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('UPDATE %s SET pgh_context = %s WHERE pgh_context_id = ANY ($1) AND %s',
                           ledger, $words${REDACTED_CONTEXT}$words$, typed) USING deeds;
        END LOOP;
    END IF;
    INSERT INTO audit_redaction (history, things, columns, context)
    VALUES (history::text, things, columns,
            NULLIF(current_setting('pghistory.context_metadata', TRUE), '')::jsonb);
END $$;
REVOKE ALL ON PROCEDURE redact_history FROM PUBLIC;
"""  # noqa: S608 - our own constants


def redact(model: type[Model], keys: Iterable[Any]) -> None:
    """Blank the `personal` columns of these rows' history, and the typed words (reason, changes) of the deeds in it.

    A deed that touched others' rows too loses its words there as well; verb, actor and time stay everywhere. Call it
    in the transaction, and `recorded(...)`, of the deletion it belongs to, after the rows themselves were blanked.
    """
    history: Any = model.pgh_event_model  # type: ignore[attr-defined]
    if things := [str(key) for key in keys]:
        with connection.cursor() as cursor:
            cursor.execute(
                "CALL redact_history(%s::regclass, %s::text[], %s::text[])",
                [history._meta.db_table, things, list(history.personal)],
            )


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """After this app's migration: make the procedure anew, for the application role alone."""
    with connections[using].cursor() as cursor:
        cursor.execute(_PROCEDURE)
        if role_exists(cursor, settings.APP_ROLE):
            role = connections[using].ops.quote_name(settings.APP_ROLE)
            cursor.execute(f"GRANT EXECUTE ON PROCEDURE redact_history TO {role}")
