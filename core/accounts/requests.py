"""The type of a request behind a sign-in, for views that `login_required` or the admin guard."""

from django.http import HttpRequest

from .models import User


class SignedInRequest(HttpRequest):
    """`user` is an account; never instantiated, only written in signatures."""

    user: User
