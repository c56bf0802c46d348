"""Doing many things at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from core.problems import Refused


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


def _name(outcome: Any) -> str:
    match outcome:
        case Refused():
            return " ".join(outcome.codes)
        case Exception():
            return f"{type(outcome).__name__}: {outcome}"
        case _:
            return "ok"
