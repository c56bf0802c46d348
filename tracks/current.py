"""The edition that a request is about and its contest time: one question to the database a request.

A process keeps the current edition with its tracks, contacts and milestones. What the database says of their row
versions tells whether they still stand, so that a change shows at once, whoever made it and in whatever process.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, cast

from django.db import connection
from django.db.models import DateTimeField, Prefetch, TextField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.accounts.sessions import ALONG

from .models import Edition, Track, TrackContact

# Row versions of all that is kept: where a row lies and who wrote it there. Any change gives another text.
_VERSIONS = """
    SELECT concat_ws('|',
           (SELECT string_agg(concat(ctid, xmin), ' ') FROM tracks_edition WHERE is_current),
           (SELECT string_agg(concat(ctid, xmin), ' ' ORDER BY id) FROM tracks_track),
           (SELECT string_agg(concat(ctid, xmin), ' ' ORDER BY id) FROM tracks_milestone),
           (SELECT string_agg(concat(c.ctid, c.xmin, person.ctid, person.xmin), ' ' ORDER BY c.id)
              FROM tracks_trackcontact AS c JOIN accounts_user AS person ON person.id = c.user_id))
"""
_CONTACTS = Prefetch("contacts", TrackContact.objects.select_related("user"))
_WITH = ("milestones", Prefetch("tracks", Track.objects.prefetch_related(_CONTACTS)))
_kept: tuple[str | None, Edition | None] = (None, None)  # replaced whole, so that threads need no lock


# Both come with the session, where there is one.
ALONG["contest_now"] = lambda: (clock.expression(), DateTimeField())
ALONG["contest_rows"] = lambda: (_VERSIONS, TextField())


class InEdition(Protocol):
    """A row of an edition's track."""

    edition_id: int
    track_id: int


def current_edition(request: HttpRequest) -> Edition | None:
    """The current edition, or None while none is loaded. Its tracks and milestones are shared: only read them."""
    if not hasattr(request, "_current_edition"):
        _ask(request)
    return request._current_edition  # type: ignore[attr-defined]


def about(request: HttpRequest, edition: Edition) -> None:
    """The page has this edition in hand: if it is the current one, head and foot need not ask for it again."""
    if edition.is_current:
        request._current_edition = edition  # type: ignore[attr-defined]


def dressed_as(request: HttpRequest, edition: Edition | None) -> None:
    """Head and foot speak of this edition, current or not, or of none: whatever it is, they ask for no other."""
    request._current_edition = edition  # type: ignore[attr-defined]


def contest_time(request: HttpRequest) -> datetime:
    """Contest time, read once a request, so that one page does not contradict itself."""
    if not hasattr(request, "_contest_time"):
        _ask(request)
    return request._contest_time  # type: ignore[attr-defined]


def at_hand(request: HttpRequest, row: InEdition) -> None:
    """Let a row of the current edition have the request's edition and track, instead of fetching them."""
    edition = current_edition(request)
    if edition is None or edition.pk != row.edition_id:
        return
    row.edition = edition  # type: ignore[attr-defined]
    for track in edition.tracks.all():
        if track.pk == row.track_id:
            row.track = track  # type: ignore[attr-defined]


def _ask(request: HttpRequest) -> None:
    global _kept
    along = _along(request)
    if along:
        moment, versions = along["contest_now"], along["contest_rows"]
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {clock.expression()}, ({_VERSIONS})")
            moment, versions = cursor.fetchone()
    known, edition = _kept
    if known != versions:
        edition = Edition.objects.filter(is_current=True).prefetch_related(*_WITH).first()
        _kept = (versions, edition)
    request._contest_time = moment.astimezone(clock.BEIJING)  # type: ignore[attr-defined]
    request._current_edition = edition.for_request() if edition else None  # type: ignore[attr-defined]


def _along(request: HttpRequest) -> dict[str, Any]:
    """What came with the session; empty where the browser has none."""
    session = getattr(request, "session", None)
    if session is None or not getattr(session, "session_key", None):
        return {}
    session.keys()  # reads it, if nobody has
    return cast("dict[str, Any]", session.along)


def edition_page(view: Callable[[HttpRequest, Edition], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view the current edition; without one, the page says that the contest is not published yet."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        edition = current_edition(request)
        return view(request, edition) if edition else render(request, "portal/no_edition.html")

    return page
