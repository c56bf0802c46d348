"""The health check, for the proxy and for the alarm."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .health import examine


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """For the proxy: 503 only when this process cannot serve; a dead Redis or beat must not take the portal down."""
    found = examine()
    return JsonResponse(found, status=503 if found["status"] == "failing" else 200)


@never_cache
@require_safe
def healthz_alarm(request: HttpRequest) -> JsonResponse:
    """For the alarm: 503 as soon as anything is not well, a silent beat within two minutes (R10)."""
    found = examine()
    return JsonResponse(found, status=200 if found["status"] == "ok" else 503)
