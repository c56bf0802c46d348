"""What runs a job: one handler for each kind, registered in an app's `tasks.py`."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Run = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Handler:
    """How one kind of job is run."""

    run: Run
    max_attempts: int
    lease: timedelta  # longer than one run ever takes; then another worker may claim the job
    atomic: bool  # state and effect are committed together
    label: str = ""  # what staff call this kind


handlers: dict[str, Handler] = {}


class Retry(Exception):
    """Raised by a handler: not now. Counts as an attempt; `after` None means the usual backoff."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


def handler(
    kind: str,
    *,
    label: str = "",
    max_attempts: int = 8,
    lease: timedelta = timedelta(minutes=2),
    atomic: bool = True,
) -> Callable[[Run], Run]:
    """Register `def f(key: str, payload: dict) -> None` for a kind of job.

    atomic: run it in the transaction that marks the job done, so that the effect happens exactly once. With False it
    runs in autocommit and must bear being run twice: for effects outside the database (mail), which keep their own
    states.
    """

    def register(run: Run) -> Run:
        if kind in handlers and handlers[kind].run is not run:
            raise ValueError(f"two handlers for job kind {kind}")
        handlers[kind] = Handler(run, max_attempts, lease, atomic, label or kind)
        return run

    return register


def backoff(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … at most an hour, each shortened by up to half so that retries spread out."""
    seconds = min(10 * 2 ** max(attempts - 1, 0), 3600)
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311  # not a secret
