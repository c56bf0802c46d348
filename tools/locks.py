"""Who may start and stop the private servers: two file locks, which vanish with the process that holds them."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Busy(Exception):
    """Another process holds the lock; `holder` is the text it left."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def held(file: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold a lock file for the length of a block. Raises Busy unless told to wait."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy(os.pread(descriptor, 200, 0).decode()) from None
        if not shared:
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}: {' '.join(sys.argv[1:])}".encode(), 0)
        yield
    finally:
        os.close(descriptor)
