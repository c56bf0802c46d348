"""Who is signed in: the account that was read with the session, if the session still says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.base import SessionBase

from .models import User

# The session whose user is being asked for; set for that one question only.
_ASKED: ContextVar[SessionBase | None] = ContextVar("asked", default=None)


@contextmanager
def asking(session: SessionBase) -> Iterator[None]:
    """Let the account that came with a session answer who is signed in, for the length of a block."""
    token = _ASKED.set(session)
    try:
        yield
    finally:
        _ASKED.reset(token)


class Backend(AuthenticationBackend):
    """allauth's, the only door."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, if it may sign in."""
        known: User | None = getattr(_ASKED.get(), "user", None)
        user = known if known is not None and known.pk == user_id else User.objects.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """None: rights come from rows (decision 7), so that no stored ones are asked for on every page of the admin.

        Django's own answer for a superuser comes before this one.
        """
        return set()
