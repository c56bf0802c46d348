"""The admin's own Content-Security-Policy."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


class AdminPolicy:
    """Adds `CSP_ADMIN_EXTRA` below the admin's address and nowhere else: unfold's Alpine evaluates its attributes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(self.prefix):
            response._csp_update = settings.CSP_ADMIN_EXTRA  # type: ignore[attr-defined]  # read by csp.middleware
        return response
