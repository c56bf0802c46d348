"""Sessions in Postgres, at one statement a write: Django's own writes each in a transaction of three."""

from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import get_random_string


class SessionStore(DatabaseStore):
    """Django's, with fewer questions. A new key is not looked up first: it has 165 random bits, and inserting refuses
    one that is taken."""

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)

    _renamed: str | None = None  # the key under which the session still stands in the table

    def save(self, must_create: bool = False) -> None:
        """Insert a new session, else write the one there is. Raises UpdateError when it was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(self._session)  # type: ignore[attr-defined]
        values = {name: getattr(row, name) for name in ("session_key", "session_data", "expire_date")}
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
