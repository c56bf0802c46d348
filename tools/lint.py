"""Lint, formats, templates, types and missing migrations: side by side, all of them, then every complaint at once."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tools.machine import PYTHON, ROOT, VENV, say

BIN = VENV / "bin"


def templates() -> list[str]:
    """Every template, for djade."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def checks() -> dict[str, list[str]]:
    """Name → command of every check."""
    return {
        "mypy": [f"{BIN}/mypy", "."],
        "makemigrations --check": [str(PYTHON), "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
        "ruff check": [f"{BIN}/ruff", "check", "--quiet", "--output-format", "concise", "."],
        "ruff format": [f"{BIN}/ruff", "format", "--check", "--output-format", "concise", "."],
        "djade": [f"{BIN}/djade", "--check", "--target-version", "5.2", *templates()],
    }


def fix() -> int:
    """Format code and templates, and mend what a tool can mend by itself."""
    subprocess.run([f"{BIN}/ruff", "check", "--fix", "--quiet", "."], cwd=ROOT)
    subprocess.run([f"{BIN}/djade", "--target-version", "5.2", *templates()], cwd=ROOT)
    return subprocess.run([f"{BIN}/ruff", "format", "."], cwd=ROOT).returncode


def run() -> int:
    """Run every check; print what they find; 1 when one of them found something."""
    # No database is needed: makemigrations then only skips its look at the migrations already applied.
    env = os.environ | {"PORTAL_MODE": "test", "DATABASE_URL": "postgresql:///lint?host=/nonexistent"}

    def check(command: list[str]) -> subprocess.CompletedProcess[str]:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(command, cwd=ROOT, env=env, text=True, **streams)

    with ThreadPoolExecutor(max_workers=2) as pool:
        done = dict(zip(checks(), pool.map(check, checks().values()), strict=True))
    red = {name: result.stdout for name, result in done.items() if result.returncode != 0}
    for name, output in red.items():
        print(f"── {name} ──\n{output}", file=sys.stderr)
    say(f"lint：{'、'.join(red)} 没有通过" if red else f"lint：{'、'.join(done)} 全部通过")
    return 1 if red else 0
