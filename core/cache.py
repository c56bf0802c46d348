"""The cache in Postgres, where sign-in limits live (R9, R20), at one statement a write."""

import base64
import pickle
import time
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router

SWEPT_EVERY = 60.0  # seconds between two looks of a process for what has expired
NEVER = datetime.max.replace(microsecond=0, tzinfo=UTC)

# The table's name is the setting's.
_TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s"
_SET = """
    INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
_ADD = _SET + "WHERE {table}.expires < %s"
_SWEEP = "DELETE FROM {table} WHERE expires < %s"


class PostgresCache(DatabaseCache):
    """Django's own counts the whole table before each write, and writes in a transaction of four statements. A sign-up
    asks seven limits, so that a rush would spend most of its time there. Nothing live is ever thrown out."""

    _table: str  # as Django sets it
    _swept = 0.0

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """set, add or touch, as Django's; whether it was done."""
        until = self.get_backend_timeout(timeout)
        expires = NEVER if until is None else datetime.fromtimestamp(until, tz=UTC).replace(microsecond=0)
        now = datetime.now(UTC).replace(microsecond=0)
        kept = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()
        with connections[router.db_for_write(self.cache_model_class)].cursor() as cursor:
            if time.monotonic() - PostgresCache._swept > SWEPT_EVERY:
                PostgresCache._swept = time.monotonic()
                cursor.execute(_SWEEP.format(table=self._table), [now])
            match mode:
                case "touch":
                    cursor.execute(_TOUCH.format(table=self._table), [expires, key])
                case "add":
                    cursor.execute(_ADD.format(table=self._table), [key, kept, expires, now])
                case _:
                    cursor.execute(_SET.format(table=self._table), [key, kept, expires])
            return bool(cursor.rowcount)
