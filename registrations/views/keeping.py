"""Signed out in the middle of typing: what was typed waits in the session until its author has signed in again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict

KEPT = "kept_form"  # session key: (path, what was posted)
LARGEST = 100_000  # characters; a full grid of 50 rows has 15,000

View = Callable[..., HttpResponseBase]


def from_script(request: HttpRequest) -> bool:
    """The grid's own script asks, and reads JSON."""
    return request.headers.get("X-Sheet") == "1"


def login_or_keep(view: View) -> View:
    """As `login_required`; a POST of somebody whose session has ended is kept, not lost (see `kept`)."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if from_script(request):
            return JsonResponse({"signed_out": True}, status=401)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        posted = request.POST.copy()
        posted.pop("csrfmiddlewaretoken", None)
        if len(body := posted.urlencode()) <= LARGEST:
            request.session[KEPT] = (request.path, body)
        return redirect_to_login(request.path)

    return wrapper


def kept(request: HttpRequest) -> QueryDict | None:
    """What was posted to this page while signed out; None for nothing."""
    path, body = request.session.get(KEPT, ("", ""))
    return QueryDict(body) if path == request.path else None


def forget(request: HttpRequest) -> None:
    """It is saved, or no longer wanted."""
    request.session.pop(KEPT, None)
