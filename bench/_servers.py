"""The portal's real servers for a measurement: the lines of the Procfile, on a free port of this machine."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tools.databases import APP, OWNER, execute

ROOT = Path(__file__).resolve().parent.parent
LINES = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))
TICKS = os.sysconf("SC_CLK_TCK")


def as_owner(*statements: str) -> None:
    """What the application may not do: ANALYZE, say, which says nothing and does nothing on tables of another role."""
    execute(os.environ["DATABASE_URL"].replace(f"//{APP}@", f"//{OWNER}@", 1), *statements)


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    pid: int
    helpers: tuple[int, ...] = ()  # the processes that ran beside it, such as the worker

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests."""
        return _children(self.pid)

    @property
    def cpu(self) -> float:
        """Milliseconds of processor time that its workers have used."""
        return _used(self.workers)

    @property
    def helpers_cpu(self) -> float:
        """The same of the processes beside it and their children."""
        return _used([pid for helper in self.helpers for pid in (helper, *_children(helper))])

    @property
    def cpu_all(self) -> float:
        """The same with the server's own process and every worker that has ended."""
        return family_cpu(self.pid)

    @property
    def megabytes(self) -> float:
        """Memory of its workers: their own pages, and of those that several processes share their part (PSS)."""
        return sum(_kilobytes(pid, "Pss") for pid in self.workers) * 1024 / 1e6

    @property
    def resident(self) -> float:
        """The same with every shared page counted once for each (RSS), in MB."""
        return sum(_kilobytes(pid, "Rss") for pid in self.workers) * 1024 / 1e6


def family_cpu(pid: int) -> float:
    """Milliseconds of processor time of a process, of its children, and of those that have ended."""
    used = sum(_ticks(pid))
    for child in _children(pid):
        with suppress(OSError):  # it ends just now, and is in its parent's account at the next look
            used += sum(_ticks(child))
    return used * 1000 / TICKS


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _used(pids: list[int]) -> float:
    """Milliseconds of their own."""
    return sum(sum(_ticks(pid)[:2]) for pid in pids) * 1000 / TICKS


def _ticks(pid: int) -> list[int]:
    """Of its own and of its ended children: user, system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


def _kilobytes(pid: int, what: str) -> int:
    found = re.search(rf"^{what}: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


@contextmanager
def serving(*names: str, **env: str) -> Iterator[Served]:
    """Run the Procfile's web and other processes for the length of a block. env: as the operator would set it.

    The sign-in limits see each visitor's own address, since the bench stands where the trusted proxy does.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = os.environ | {"PORT": str(port), "TRUSTED_PROXY_COUNT": "1", "PYTHONPATH": str(ROOT)} | env
    lines = [LINES[name] for name in ("web", *names)]  # each ends in `exec`: the child is the server itself
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    call_command("collectstatic", interactive=False, verbosity=0)
    with (settings.PORTAL_HOME / "servers.log").open("ab") as log:  # every refusal is a line
        children = [subprocess.Popen(["sh", "-c", line], cwd=ROOT, env=own, stdout=log, stderr=log) for line in lines]
    try:
        _answering(port, children[0])
        yield Served(port, children[0].pid, tuple(child.pid for child in children[1:]))
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(20)
            child.kill()


def _answering(port: int, child: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if child.poll() is not None:
            raise RuntimeError(f"the web server ended with {child.returncode}")
        with suppress(OSError):
            with suppress(urllib.error.HTTPError):  # it answers
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()
            return
        time.sleep(0.1)
    raise RuntimeError("the web server does not answer")
