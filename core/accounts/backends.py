"""Who is signed in, read once a request; an upper app may let what every page of theirs needs come with it."""

from collections.abc import Callable

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Field
from django.db.models.expressions import RawSQL

from .models import User

# Attribute of `request.user` → (SQL of one value, its kind). Put in by an app's `ready`; other users have none of it.
ALONG: dict[str, Callable[[], tuple[str, Field]]] = {}


class Backend(AuthenticationBackend):
    """allauth's, the only door."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, if it may sign in."""
        wanted = {name: value() for name, value in ALONG.items()}
        along = {name: RawSQL(sql, (), kind) for name, (sql, kind) in wanted.items()}  # noqa: S611  our own words
        user = User.objects.annotate(**along).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
