"""For every request of somebody who is signed in: the second factor, idle staff, and what browsers may keep."""

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.functional import SimpleLazyObject

from .backends import asking

GetResponse = Callable[[HttpRequest], HttpResponse]

STAFF_IDLE = 30 * 60  # seconds
NOTED_EVERY = 60  # seconds between two writes of "still here"
SEEN = "staff_seen"  # session key: when a member of staff last asked for a page


class WhoIsSignedIn(AuthenticationMiddleware):
    """Django's, which checks the session against the account; here the account was read with the session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set `request.user`, asked for when somebody looks."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    with asking(request.session):
        return get_user(request)


class StaffNeedSecondFactor:
    """In production staff see nothing but their account pages until a second factor is set up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send staff without one to where it is set up."""
        if settings.PRODUCTION and request.user.is_staff and not self._may_pass(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _may_pass(self, request: HttpRequest) -> bool:
        return request.path_info.startswith(reverse("account")) or is_mfa_enabled(request.user)


class StaffSessionsEndWhenIdle:
    """Staff are signed out after half an hour without a request; others after SESSION_COOKIE_AGE (T16)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note at most once a minute that they are here."""
        response = self.get_response(request)  # first, so that the answer to a sign-in is covered
        if request.user.is_staff and time.time() - request.session.get(SEEN, 0) > NOTED_EVERY:
            request.session[SEEN] = time.time()
            request.session.set_expiry(STAFF_IDLE)
        return response


class PrivatePagesAreNotStored:
    """Pages of somebody who is signed in stay out of shared caches and of the back button after signing out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer, to whoever was or is now signed in."""
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in or request.user.is_authenticated:
            add_never_cache_headers(response)
            patch_vary_headers(response, ["Cookie"])
        return response
