"""An upload killed three times at 60 %: the browser, the network, the server. Short in the tests, long in the bench."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from bench._servers import Served
from core.files.models import StoredFile
from tests.core.uploading.wire import Cut, Wire, hang_up_at, reset_at

Serving = Callable[[], AbstractContextManager[Served]]


@dataclass(frozen=True)
class Survived:
    """What came of it. kept: the offsets found after each kill; peak: MB of the busiest server process."""

    stored: StoredFile
    kept: list[int]
    peak: float
    idle: float


def peak_of(served: Served) -> float:
    """The most memory that one of its workers ever held, MB."""
    found = [0.0]
    for pid in served.workers:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += [int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")]
    return max(found)


def kill_server_at(served: Served, offset: int) -> Callable[[int, socket], None]:
    """Every process of it, by SIGKILL."""

    def cut(sent: int, line: socket) -> None:
        if sent < offset:
            return
        for pid in [served.pid, *served.workers]:
            os.kill(pid, signal.SIGKILL)
        line.close()
        raise Cut

    return cut


def survive(serving: Serving, path: Path, cookies: str, *, request: int) -> Survived:
    """Send a file, each request as long as `request` bytes; once each is killed, at 60 % of the file."""
    at, kept = path.stat().st_size * 6 // 10, []
    with serving() as served:
        wire = Wire(served.port, cookies)
        wire.offset(url := wire.announce(path))
        idle = peak_of(served)
        for cut in (hang_up_at(at), reset_at(at), kill_server_at(served, at)):
            peak = peak_of(served)
            with suppress(Cut):
                while True:
                    wire.send(url, path, size=request, cut=cut)
            if "kill" not in cut.__qualname__:
                kept.append(settled(wire, url))
    with serving() as served:
        wire = Wire(served.port, cookies)
        kept.append(wire.offset(url))
        while wire.send(url, path, size=request) < path.stat().st_size:
            pass
        peak = max(peak, peak_of(served))
    stored = StoredFile.objects.get(upload__pk=url.split("/")[-2])
    return Survived(stored, kept, peak, idle)


def settled(wire: Wire, url: str) -> int:
    """The offset once the server has noticed that nobody is there any more."""
    before = -1
    while (now := wire.offset(url)) != before:
        before = now
        time.sleep(0.3)
    return now
