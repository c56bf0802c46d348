"""The child's side of `run`: takes its bounds, loads one script by its path, answers in JSON.

The script is a file that imports nothing of the portal but `Stop`, and has

    def work(file: IO[bytes], *arguments) -> dict[str, Any]: ...   # what can be said in JSON

Whatever a library raises at a broken file becomes `corrupt`; a crash or a signal is the parent's to explain.
"""

import importlib.util
import json
import resource
import sys
from collections.abc import Callable
from typing import Any


class Stop(Exception):
    """The file is refused: a code, and facts for the sentence that will say so."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def main(path: str, cpu_seconds: int, memory: int, output: int, *arguments: Any) -> None:
    """Do the script's work on stdin; stdout gets `{"done": …}` or `{"stopped": code, "facts": {…}}`."""
    work = _loaded(path)
    _limit(cpu_seconds, memory, output)
    answer: dict[str, Any]
    try:
        answer = {"done": work(sys.stdin.buffer, *arguments)}
    except Stop as stop:
        answer = {"stopped": stop.code, "facts": stop.facts}
    except MemoryError:
        answer = {"stopped": "too_heavy", "facts": {}}
    except Exception:  # whatever the libraries raise at a broken file
        answer = {"stopped": "corrupt", "facts": {}}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _loaded(path: str) -> Callable[..., dict[str, Any]]:
    """By path and not by name: the package around the script would bring the portal in."""
    spec = importlib.util.spec_from_file_location("limited_work", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script.work


def _limit(cpu_seconds: int, memory: int, output: int) -> None:
    """Give this process its bounds. macOS has no usable RLIMIT_AS."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
