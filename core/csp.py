"""The Content-Security-Policy: django-csp's, with the usual one put together once and the admin's own beside it."""

from collections.abc import Callable
from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

OWN = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace")  # what django-csp reads from an answer


class ContentPolicy(CSPMiddleware):
    """Most answers have no nonce and no policy of their own: for them nothing is built again.

    That is a tenth of a millisecond, which a ballot has not to spare.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The usual policy, or what django-csp makes of the page's own."""
        if getattr(request, "_csp_nonce", None) or any(hasattr(response, name) for name in OWN):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, usual())
        return response


@cache
def usual() -> str:
    """The policy of `settings.CONTENT_SECURITY_POLICY`, without a nonce."""
    return build_policy()


class AdminPolicy:
    """Adds `CSP_ADMIN_EXTRA` below the admin's address and nowhere else: unfold's Alpine evaluates its attributes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with that added where it is the admin's."""
        response = self.get_response(request)
        if request.path_info.startswith(self.prefix):
            response._csp_update = settings.CSP_ADMIN_EXTRA  # type: ignore[attr-defined]  # read by django-csp
        return response
