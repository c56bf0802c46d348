"""The portal's side: start the child, feed it, read its answer, name what stopped it."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MB = 1024 * 1024
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
    output: int  # bytes of its answer


class Stopped(Exception):
    """The child gave no result. `code`: the script's own, `corrupt`, or `too_heavy` when a limit was met."""

    def __init__(self, code: str, facts: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts or {}


def run(script: Path, data: bytes, limits: Limits, *arguments: object) -> dict[str, Any]:
    """What the script's `work(file, *arguments)` returns for these bytes; see `core.limited.child`.

    arguments: what can be said in JSON. Raises Stopped.
    """
    told = json.dumps([str(script), limits.cpu, limits.memory, limits.output, *arguments])
    with tempfile.TemporaryFile() as output:  # a file, since RLIMIT_FSIZE does not bound a pipe
        try:
            child = subprocess.run(
                [sys.executable, "-I", "-c", _START, str(_ROOT), told],
                input=data,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=limits.wall,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Stopped("too_heavy") from error
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
