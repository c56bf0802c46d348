"""allauth's limits of tries (R20), all windows of one in two statements. allauth's own takes, reads, writes and gives
back a lock for each window, and gives up after a second; a sign-up, which asks eight, would spend most of its time so.
"""

import math
import time
from dataclasses import dataclass
from typing import Any, cast

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from core.cache import PostgresCache

Hits = dict[str, list[float]]  # key of a window → when it was tried, newest first


@dataclass(frozen=True)
class Usage:
    """What was counted, so that it can be taken back (a failed try that turns out to be none)."""

    windows: dict[str, ratelimit.Rate]
    at: float

    def rollback(self) -> None:
        """Uncount it."""
        with _held(self.windows) as hits:
            for key in self.windows:
                hits[key] = [at for at in hits[key] if at != self.at]


def consume(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    config: dict[str, str] | None = None,
    key: Any = None,
    user: Any = None,
    dry_run: bool = False,
    limit_get: bool = False,
    raise_exception: bool = False,
) -> Usage | None:
    """Count a try; None when a window is full: those before it have counted it, those behind have not.

    In place of `allauth.core.internal.ratelimit.consume`, which see for the arguments. Raises RateLimited if asked to.
    """
    asked = limit_get or request.method != "GET"
    rates = ratelimit.get_rates(app=app, action=action, config=config) if asked else []
    names = [ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key, user=user) for rate in rates]
    usage = Usage(dict(zip(names, rates, strict=True)), time.time())
    if not rates:
        return usage
    if dry_run:
        allowed = _count(usage, {name: [] for name in names} | cache.get_many(names), dry_run=True)
    else:
        with _held(usage.windows) as hits:
            allowed = _count(usage, hits)
    if not allowed and raise_exception:
        raise RateLimited
    return usage if allowed else None


def seconds_until_free(request: HttpRequest, action: str, *, app: str = "allauth.account", key: Any = None) -> int:
    """How long whoever was refused has to wait, in whole seconds; 0 when no window is full."""
    rates = ratelimit.get_rates(app=app, action=action)
    names = {ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key): rate for rate in rates}
    now, hits = time.time(), cache.get_many(names)
    full = [(rate, hits[name]) for name, rate in names.items() if len(hits.get(name, [])) >= rate.amount]
    free = [found[rate.amount - 1] + rate.duration - now for rate, found in full]
    return max(0, *(math.ceil(seconds) for seconds in free)) if free else 0


def _held(windows: dict[str, ratelimit.Rate]) -> Any:
    store = cast(PostgresCache, cache)
    return store.held({key: rate.duration for key, rate in windows.items()}, [])


def _count(usage: Usage, hits: Hits, *, dry_run: bool = False) -> bool:
    """Window by window, up to the first that is full."""
    for key, rate in usage.windows.items():
        allowed, hits[key] = ratelimit.apply_rate(list(hits[key]), usage.at, rate, dry_run=dry_run)
        if not allowed:
            return False
    return True
