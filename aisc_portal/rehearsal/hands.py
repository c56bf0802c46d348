"""Several processes at once: the workers who run jobs, and people who know nothing of each other."""

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

T = TypeVar("T")
_not_ours: list[BaseDatabaseWrapper] = []
FEW, LONG = 24, 1  # deeds for which another process is not worth its start; such as take a second each


def apart(shares: Sequence[Callable[[], T]]) -> list[T]:
    """Run each in a process of its own, the first one in this; gives what they return, in order.

    Each has its own connection to the database: call it outside transactions, unless there is only one share. Raises
    what the first one raised, and RuntimeError when another process failed (its traceback is on stderr).
    """
    first, *others = shares
    if not others:
        return [first()]
    connection.close()  # two processes on one connection would garble it
    fork = multiprocessing.get_context("fork")
    started = []
    for share in others:
        mine, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_send, args=(theirs, share), daemon=True)
        process.start()
        theirs.close()
        started.append((process, mine))
    careless()
    done = [first()]
    for process, mine in started:
        try:
            done.append(mine.recv())
        except EOFError:
            raise RuntimeError("另一个演练进程中断了，原因见上") from None
        process.join()
    return done


def careless() -> None:
    """Nobody waits for the disk on account of invented people."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _send(into: Connection, share: Callable[[], T]) -> None:
    """What another process does, on a connection of its own.

    What it was forked with belongs to the first one, and is held so that its end here does not hang up there.
    """
    _not_ours.append(connections[DEFAULT_DB_ALIAS])
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
    careless()
    into.send(share())
    connection.close()
