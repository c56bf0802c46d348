"""Every page for every role over a rehearsed year: the slowest ten, that none asks or takes too much, and the memory of
the web workers once they have answered all of them (issue 9).

The year lies committed in a database of its own, so that its pages take what they would take: in one transaction with
tens of thousands of savepoints the cockpit had taken 2,108 ms instead of 95.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
UNITS, ENTRIES, SEED = "10", "70", "7"
REHEARSE = ("manage.py", "rehearse", "--units", UNITS, "--entries", ENTRIES, "--seed", SEED)


def run() -> list[dict[str, Any]]:
    """The rows of `bench/_pages.py`, made by a process of its own; `tools/commands.py` gives it the database."""
    own = Path(os.environ["PORTAL_HOME"]) / "pages"
    own.mkdir(parents=True, exist_ok=True)
    env = os.environ | {"DATABASE_URL": os.environ["BENCH_PAGES_URL"], "PORTAL_HOME": str(own)}
    _python(*REHEARSE, env=env)
    rows: list[dict[str, Any]] = json.loads(_python("-m", "bench._pages", env=env))
    return rows


def _python(*command: str, env: dict[str, str]) -> str:
    """What a Python program prints; its messages go where ours go. Raises CalledProcessError."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout
