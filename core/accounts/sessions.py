"""Sessions in Postgres, at one statement a write: Django's own writes each in a transaction of three. Whose it is, and
what every page needs, comes with it in one statement.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Field
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.prepared import Prepared

from .models import Session, User

# Name → SQL of one value, and its kind: what an upper app wants to have read with every session. Put in by its modules.
ALONG: dict[str, Callable[[], tuple[str, Field]]] = {}


@cache
def _reader(names: tuple[str, ...], sql: tuple[str, ...]) -> Prepared[Session]:
    """Reads a session by its key. sql: of the names, which may change with the settings."""
    kinds = [ALONG[name]()[1] for name in names]
    along = {name: RawSQL(text, (), kind) for name, text, kind in zip(names, sql, kinds, strict=True)}  # noqa: S611
    return Prepared(1, lambda key: Session.objects.annotate(**along).select_related("user").filter(session_key=key))


class SessionStore(DatabaseStore):
    """Django's, with fewer questions. A new key is not looked up first: it has 165 random bits, and inserting refuses
    one that is taken."""

    user: User | None = None  # whose it was when it was read
    along: dict[str, Any]  # what of ALONG was read with it; empty for a session that was not

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.along = {}

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Ours: it knows its user."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A row, of whoever is signed in."""
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return cast(Session, row)

    def _get_session_from_db(self) -> Session | None:
        wanted = {name: value()[0] for name, value in ALONG.items()}
        row = _reader(tuple(wanted), tuple(wanted.values())).first(self.session_key or "")
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return None
        self.user, self.along = row.user, {name: getattr(row, name) for name in wanted}
        return row

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)

    _renamed: str | None = None  # the key under which the session still stands in the table

    def save(self, must_create: bool = False) -> None:
        """Insert a new session, else write the one there is. Raises UpdateError when it was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(self._session)  # type: ignore[attr-defined]
        values = {name: getattr(row, name) for name in ("session_key", "session_data", "expire_date", "user_id")}
        if not self.model.objects.filter(session_key=self._renamed or self.session_key).update(**values):
            raise UpdateError
        self._renamed = None

    def cycle_key(self) -> None:
        """The same session under a new key; the old one is worth nothing once this is saved, with whoever signed in."""
        data = self._session  # type: ignore[attr-defined]
        if self.session_key is None:
            self.create()
        else:
            self._renamed = self._renamed or self.session_key
            self._session_key = self._get_new_session_key()
            self.modified = True
        self._session_cache = data

    def delete(self, session_key: str | None = None) -> None:
        """End a session."""
        key: Any = session_key or self._renamed or self.session_key
        self._renamed = None
        if key is not None:
            self.model.objects.filter(session_key=key).delete()
