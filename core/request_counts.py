"""How many requests ended how, and how long they took, over all processes of one web server.

gunicorn loads the portal before it forks (`--preload`), so that its workers share this memory; each writes its own
row, and a worker that is replaced leaves its row behind: the sums only grow, as Prometheus wants.
"""

import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator

BOUNDS = (0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5)  # seconds
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_ROWS = 509  # by process number; two that share a row would lose a count now and then
_WIDTH = len(CLASSES) + len(BOUNDS) + 2  # the last two: longer than every bound, and microseconds in all
_memory = memoryview(mmap.mmap(-1, 8 * _ROWS * _WIDTH)).cast("Q")
_lock = threading.Lock()


def add(status: int, seconds: float) -> None:
    """Count one request."""
    row = os.getpid() % _ROWS * _WIDTH
    with _lock:
        _memory[row + min(max(status // 100, 1), 5) - 1] += 1
        _memory[row + len(CLASSES) + bisect_left(BOUNDS, seconds)] += 1
        _memory[row + _WIDTH - 1] += int(seconds * 1_000_000)


def lines() -> Iterator[str]:
    """In Prometheus' text format."""
    sums = [sum(_memory[column::_WIDTH]) for column in range(_WIDTH)]
    yield "# HELP portal_requests_total Requests by class of status."
    yield "# TYPE portal_requests_total counter"
    for name, value in zip(CLASSES, sums, strict=False):
        yield f'portal_requests_total{{class="{name}"}} {value}'
    yield "# HELP portal_request_seconds Time from the first middleware to the answer."
    yield "# TYPE portal_request_seconds histogram"
    so_far = 0
    for bound, value in zip((*map(str, BOUNDS), "+Inf"), sums[len(CLASSES) : -1], strict=True):
        so_far += value
        yield f'portal_request_seconds_bucket{{le="{bound}"}} {so_far}'
    yield f"portal_request_seconds_sum {sums[-1] / 1_000_000:.6f}"
    yield f"portal_request_seconds_count {so_far}"
