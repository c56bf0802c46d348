"""What browsers and proxies may keep."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"  # as Django's `never_cache` says it

View = Callable[..., HttpResponseBase]


def never_kept(view: View) -> View:
    """Django's `never_cache` in one header, for a view that is asked a thousand times a second."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = NEVER
        return response

    return wrapper
