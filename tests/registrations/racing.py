"""Doing many things at the same moment, each on a database connection of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.db import connections

from core.problems import Refused
from registrations.invariants import invariants
from tests.registrations.owner import as_owner

WAITING = """
    SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
"""


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Start all at once; what each returned or raised, in order."""
    start = threading.Barrier(len(runners))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connections["default"].ensure_connection()  # connecting takes longer than the race
            start.wait(timeout=60)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))


def told(outcomes: Sequence[Any]) -> dict[str, int]:
    """How often each thing happened: "ok", a refusal's codes, or the name of an error that no clerk should see."""
    names = [_name(outcome) for outcome in outcomes]
    return {name: names.count(name) for name in sorted(set(names))}


def broken() -> list[str]:
    """Every invariant that does not hold."""
    return [name for name, wrong in invariants() if wrong]


def wait_for_waiting(count: int) -> None:
    """Until so many connections stand in line for a lock; each look is a connection of its own, so it rests a little.

    Raises TimeoutError after a minute.
    """
    until = time.monotonic() + 60
    while as_owner(WAITING) != [(count,)]:
        if time.monotonic() > until:
            raise TimeoutError(f"{as_owner(WAITING)[0][0]} of {count} wait for a lock")


# --- Many more acts than connections --------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What somebody saw of one act."""

    told: str  # "ok", a refusal's codes, or the name of an error that no clerk should see
    words: str  # the refusal's own
    seconds: float


def crowd(acts: Sequence[Callable[[], Any]], *, hands: int = 64, processes: int = 1) -> list[Seen]:
    """Do the acts over `hands` connections, each hand its share one after another; what was seen of each, in order.

    processes: share the hands among so many; the acts must then be picklable, and what they change in memory is lost.
    """
    if processes == 1:
        return _by_hands(hands, acts)
    connections.close_all()  # a connection must not be in two processes
    shares = [acts[number::processes] for number in range(processes)]
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        return _merged(list(pool.map(partial(_by_hands, hands // processes), shares)))


def pace(seen: Sequence[Seen], seconds: float) -> str:
    """For the reader of a long run: acts a second, and how long the slowest hundredth took."""
    slowest = sorted(one.seconds for one in seen)[int(len(seen) * 0.99)]
    return f"{len(seen)} in {seconds:.1f} s, {len(seen) / seconds:.0f}/s, p99 {slowest * 1000:.0f} ms"


def _by_hands(hands: int, acts: Sequence[Callable[[], Any]]) -> list[Seen]:
    shares = [acts[number::hands] for number in range(min(hands, len(acts)))]
    done = race(*[partial(_one_by_one, share) for share in shares])
    if broken := next((outcome for outcome in done if isinstance(outcome, Exception)), None):
        raise broken
    return _merged(done)


def _one_by_one(acts: Sequence[Callable[[], Any]]) -> list[Seen]:
    seen = []
    for act in acts:
        began = time.perf_counter()
        try:
            outcome = act()
        except Exception as error:
            outcome = error
        words = str(outcome) if isinstance(outcome, Refused) else ""
        seen.append(Seen(_name(outcome), words, time.perf_counter() - began))
    return seen


def _merged(shares: Sequence[Sequence[Seen]]) -> list[Seen]:
    """Shares that were dealt out in turn, as one."""
    found: list[Seen] = [None] * sum(map(len, shares))
    for number, share in enumerate(shares):
        found[number :: len(shares)] = share
    return found


def _name(outcome: Any) -> str:
    match outcome:
        case Refused():
            return " ".join(outcome.codes)
        case Exception():
            return f"{type(outcome).__name__}: {outcome}"
        case _:
            return "ok"
