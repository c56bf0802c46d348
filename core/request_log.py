"""A line a request: by which route, how it ended, how long it took, how much it asked of the database.

The route's pattern, not the address: addresses hold tokens, names and numbers. Nobody is named: history tells who did
what (等保 asks for that), this tells how the machine fared.
"""

import logging
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse

from . import request_counts
from .logs import REQUEST

log = logging.getLogger("core.requests")
ID = re.compile(r"[0-9A-Za-z-]{8,64}")  # what the proxy gives; anything else is replaced
SLOW = 1.0  # seconds; such a request is a warning


class Asked:
    """Counts the statements of one request."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """Django's execute wrapper."""
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


class RequestLog:
    """Outermost but for the static files. `/healthz` and `/metrics`, asked every few seconds, leave no line."""

    QUIET = {"healthz", "healthz/alarm", "metrics"}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Measure, count, tell."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if ID.fullmatch(given) else uuid4().hex
        token, asked, began = REQUEST.set(name), Asked(), time.perf_counter()
        try:
            with connection.execute_wrapper(asked):
                response = self.get_response(request)
            seconds = time.perf_counter() - began
            request_counts.add(response.status_code, seconds)
            self._tell(request, response, seconds, asked)
        finally:
            REQUEST.reset(token)
        response["X-Request-ID"] = name
        return response

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float, asked: Asked) -> None:
        route = request.resolver_match.route if request.resolver_match else ""
        if route in self.QUIET:
            return
        level = logging.WARNING if seconds > SLOW or response.status_code >= 500 else logging.INFO
        if not log.isEnabledFor(level):
            return
        facts = {
            "method": request.method if request.method in _METHODS else "other",
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "queries": asked.count,
            "sql_ms": round(asked.seconds * 1000, 1),
        }
        said = "{method} /{route} {status} {ms} ms, {queries} statements {sql_ms} ms".format(**facts)
        log.log(level, "%s", said, extra={"facts": facts})


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
