"""The portal's side: start the child, feed it, read its answer, name what stopped it."""

import io
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

MB = 1024 * 1024
STEP = 0.5  # seconds between two looks at a child
_ROOT = Path(__file__).resolve().parents[2]
# Isolated (-I): neither the working directory nor the environment says what is imported. The portal comes last.
_START = """
import json, sys
sys.path.append(sys.argv[1])
from core.limited.child import main
main(*json.loads(sys.argv[2]))
"""


@dataclass(frozen=True)
class Limits:
    """What a child may use. It is ended when it goes beyond."""

    cpu: int  # seconds of its own
    wall: int  # seconds; more than `cpu`, since a busy machine gives the child less than one core
    memory: int  # bytes of address space (not on macOS)
    output: int  # bytes of its answer, and of any file it writes


class Stopped(Exception):
    """The child gave no result. `code`: the script's own, `corrupt`, or `too_heavy` when a limit was met."""

    def __init__(self, code: str, facts: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts or {}


def run(
    script: Path,
    source: bytes | Path | IO[bytes],
    limits: Limits,
    *arguments: object,
    waiting: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """What the script's `work(file, *arguments)` returns for this file; see `core.limited.child`.

    source: bytes, a path, or an open file; the child reads them from a file of its own, so that nothing is held in
    memory here and it may seek. arguments: what can be said in JSON. waiting: called every half second meanwhile,
    for whoever tells the progress. Raises Stopped.
    """
    told = json.dumps([str(script), limits.cpu, limits.memory, limits.output, *arguments])
    with _opened(source) as given, tempfile.TemporaryFile() as output:  # RLIMIT_FSIZE does not bound a pipe
        with subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(_ROOT), told],
            stdin=given,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env={},
        ) as child:
            _wait(child, limits.wall, waiting)
        if child.returncode < 0:  # ended by a signal: out of time or memory
            raise Stopped("too_heavy")
        output.seek(0)
        try:
            answer = json.loads(output.read().decode("utf-8", "replace"))
        except ValueError as error:  # it crashed, or its answer grew past the limit
            raise Stopped("too_heavy") from error
    if "stopped" in answer:
        raise Stopped(answer["stopped"], answer["facts"])
    return answer["done"]


def _wait(child: subprocess.Popen[bytes], seconds: int, waiting: Callable[[], object]) -> None:
    """Until it ends, or is ended: by its time, or by whatever interrupts this process."""
    end = time.monotonic() + seconds
    try:
        while True:
            if _ended(child, min(STEP, max(end - time.monotonic(), 0.01))):
                return
            if time.monotonic() >= end:
                return
            waiting()
    finally:
        child.kill()  # does nothing to one that has ended


def _ended(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ends within so many seconds. Linux wakes us at once, where `wait` looks twenty times a second."""
    if pidfd_open := getattr(os, "pidfd_open", None):
        process = pidfd_open(child.pid)
        try:
            waker = select.poll()
            waker.register(process, select.POLLIN)
            waker.poll(seconds * 1000)
        finally:
            os.close(process)
        return child.poll() is not None
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
        return True
    return False


@contextmanager
def _opened(source: bytes | Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """A real file at its beginning, whose position is the child's alone."""
    if again := _again(source):
        with again:
            yield again
        return
    with tempfile.TemporaryFile() as file:
        whole = cast(IO[bytes], io.BytesIO(source) if isinstance(source, bytes) else source)
        whole.seek(0)
        shutil.copyfileobj(whole, file, MB)
        file.seek(0)
        yield file


def _again(source: bytes | Path | IO[bytes]) -> IO[bytes] | None:
    """A file of the disk opened once more; None for what lies elsewhere and must be copied."""
    if isinstance(source, Path):
        return source.open("rb")
    if isinstance(source, bytes) or sys.platform != "linux":
        return None
    try:
        source.flush()
        return open(f"/proc/self/fd/{source.fileno()}", "rb")
    except (AttributeError, OSError):
        return None
