"""The cache in Postgres, where sign-in limits live (R9, R20), at one statement a write."""

import base64
import pickle
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction
from django.db.backends.utils import CursorWrapper

SWEPT_EVERY = 60.0  # seconds between two looks of a process for what has expired
NEVER = datetime.max.replace(microsecond=0, tzinfo=UTC)

# The table's name is the setting's.
_TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s"
_SET = """
    INSERT INTO {table} (cache_key, value, expires) VALUES {rows}
    ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
_LOCK = """
    INSERT INTO {table} (cache_key, value, expires) VALUES {rows}
    ON CONFLICT (cache_key) DO UPDATE SET expires = {table}.expires RETURNING cache_key, value, expires
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
        with self._cursor(now) as cursor:
            match mode:
                case "touch":
                    cursor.execute(self._sql(_TOUCH), [expires, key])
                case "add":
                    cursor.execute(self._sql(_ADD), [key, self._packed(value), expires, now])
                case _:
                    cursor.execute(self._sql(_SET), [key, self._packed(value), expires])
            return bool(cursor.rowcount)

    @contextmanager
    def held(self, timeouts: Mapping[str, float], default: Any) -> Iterator[dict[str, Any]]:
        """Lock entries until the block ends, and give their values by key; what the block leaves there is kept.

        One statement locks all of them and one writes them, however many; who else wants one of them waits.
        timeouts: key → seconds it is kept from now. default: what stands for an entry that is missing or has expired.
        """
        names = {self.make_and_validate_key(key): key for key in sorted(timeouts)}
        now = datetime.now(UTC)
        expires = {name: now + timedelta(seconds=timeouts[key]) for name, key in names.items()}
        with transaction.atomic(router.db_for_write(self.cache_model_class)), self._cursor(now) as cursor:
            empty = self._packed(default)
            rows = [part for name in names for part in (name, empty, expires[name])]
            cursor.execute(self._sql(_LOCK, len(names)), rows)
            found = {names[name]: self._unpacked(kept if until > now else empty) for name, kept, until in cursor}
            before = {key: self._packed(value) for key, value in found.items()}
            yield found
            after = {name: (name, self._packed(found[key]), expires[name]) for name, key in names.items()}
            changed = [row for name, row in after.items() if row[1] != before[names[name]]]
            if changed:
                cursor.execute(self._sql(_SET, len(changed)), [part for row in changed for part in row])

    @contextmanager
    def _cursor(self, now: datetime) -> Iterator[CursorWrapper]:
        """To write with; looks now and then for what has expired."""
        with connections[router.db_for_write(self.cache_model_class)].cursor() as cursor:
            if time.monotonic() - PostgresCache._swept > SWEPT_EVERY:
                PostgresCache._swept = time.monotonic()
                cursor.execute(self._sql(_SWEEP), [now])
            yield cursor

    def _sql(self, statement: str, rows: int = 1) -> str:
        return statement.format(table=self._table, rows=", ".join(["(%s, %s, %s)"] * rows))

    def _packed(self, value: Any) -> str:
        return base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()

    def _unpacked(self, kept: str) -> Any:
        return pickle.loads(base64.b64decode(kept))  # noqa: S301  as Django's; only we write there
