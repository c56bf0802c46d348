"""Requests that concern neither account nor session go past the middleware that finds them: a hall's ballots.

Eight layers cost a ballot a sixth of its time. What guards every answer (https, CSP, CSRF, framing, the log) stands
above the fork and sees all of them.
"""

import re
import threading
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

_join = threading.local()  # the way into the view of the chain that Django is just making, from the view outwards


def join(get_response: GetResponse) -> GetResponse:
    """Innermost middleware: where both ways meet again. Does nothing to a request."""
    _join.way = get_response
    return get_response


class Fork:
    """Above the middleware that may be left out; whoever goes past it is nobody.

    A POST to `settings.SHORT_WAY` that asks for JSON: no page is made, which would show who is signed in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.long, self.short = get_response, _join.way
        self.paths = re.compile(settings.SHORT_WAY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, by the short way or the long one."""
        if request.method != "POST" or not wants_json(request) or not self.paths.fullmatch(request.path_info):
            return self.long(request)
        request.user = AnonymousUser()
        return self.short(request)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which shows no page."""
    return request.META.get("HTTP_ACCEPT", "").startswith("application/json")
