"""The second `make run` on an installation of its own: seconds until the home page answers, and that page's weight."""

import gzip
import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = "8799"
ADDRESS = f"http://127.0.0.1:{PORT}/"


def start(home: Path) -> tuple[float, bytes]:
    """Seconds from `make run` to the first answer, and the home page; stops the portal again."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_", "MAKE"))}
    log = home.with_suffix(".log")
    began = time.perf_counter()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=env | {"PORTAL_HOME": str(home), "PORT": PORT},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    while demo.poll() is None:
        with suppress(OSError), urllib.request.urlopen(ADDRESS, timeout=20) as answer:
            seconds, page = time.perf_counter() - began, answer.read()
            os.killpg(demo.pid, signal.SIGINT)
            demo.wait(60)
            return seconds, page
        time.sleep(0.05)
    raise RuntimeError(log.read_text())


def run() -> list[dict[str, object]]:
    """Two starts: the first fills the database, the second is measured."""
    with tempfile.TemporaryDirectory() as folder:
        first, _ = start(Path(folder) / "portal")
        second, page = start(Path(folder) / "portal")
    size = len(gzip.compress(page)) / 1024
    return [
        {"name": "make run, first", "value": round(first, 1), "unit": "s", "target": "≤300", "ok": first <= 300},
        {"name": "make run, second", "value": round(second, 1), "unit": "s", "target": "≤15", "ok": second <= 15},
        {"name": "home page, gzipped", "value": round(size, 1), "unit": "KB", "target": "≤100", "ok": size <= 100},
    ]
