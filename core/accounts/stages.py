"""The steps between a password or code and being signed in, where ours differ from allauth's."""

from typing import Any

from allauth.account import stages
from allauth.core.exceptions import ImmediateHttpResponse, RateLimited
from allauth.core.ratelimit import respond_429
from django.http import HttpResponse

Step = tuple[HttpResponse | None, bool]


class PhoneVerificationStage(stages.PhoneVerificationStage):
    """allauth lets its own rate limit end in a server error here; we answer 429."""

    def handle(self) -> Step:
        """Ask for the code sent to an unverified phone."""
        try:
            return super().handle()
        except RateLimited as error:
            raise ImmediateHttpResponse(respond_429(self.request)) from error


class EmailVerificationStage(stages.EmailVerificationStage):
    """A verified phone is enough; an account made by staff is vouched for."""

    def handle(self) -> Step:
        """Ask for the code sent to an unverified mailbox."""
        user: Any = self.login.user
        if user is not None and (user.verified or user.phone):
            return None, True
        if user is not None and self.login.signup and getattr(user, "_emailaddress_cache", None):
            self.login.email = user.email  # made a moment ago, and at hand: nothing is looked up
        return super().handle()
