"""The edition that a request is about and its contest time; each asked of the database once a request."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock

from .models import Edition

_UNASKED = object()


def current_edition(request: HttpRequest) -> Edition | None:
    """The current edition, or None while none is loaded."""
    edition = getattr(request, "_current_edition", _UNASKED)
    if edition is _UNASKED:
        edition = Edition.objects.current()
        request._current_edition = edition  # type: ignore[attr-defined]
    return edition  # type: ignore[return-value]


def about(request: HttpRequest, edition: Edition) -> None:
    """The page has this edition in hand: if it is the current one, head and foot need not ask for it again."""
    if edition.is_current:
        request._current_edition = edition  # type: ignore[attr-defined]


def contest_time(request: HttpRequest) -> datetime:
    """Contest time, read once a request, so that one page does not contradict itself."""
    if not hasattr(request, "_contest_time"):
        request._contest_time = clock.now()  # type: ignore[attr-defined]
    return request._contest_time  # type: ignore[attr-defined]


def edition_page(view: Callable[[HttpRequest, Edition], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view the current edition; without one, the page says that the contest is not published yet."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        edition = current_edition(request)
        return view(request, edition) if edition else render(request, "portal/no_edition.html")

    return page
