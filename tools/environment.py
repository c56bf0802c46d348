"""The environment the portal's processes run in: what is set outside wins, `.portal/env` comes next, then defaults."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tools.machine import HOME, VENV

ENV_FILE = HOME / "env"


def base() -> dict[str, str]:
    """The environment without the addresses of database and Redis."""
    defaults = {
        "PORTAL_MODE": "demo",
        "PORTAL_HOME": str(HOME),
        "DJANGO_SETTINGS_MODULE": "aisc_portal.settings",
        "PYTHONWARNINGS": "ignore:::celery.platforms",  # it warns of root, who is alone on this machine
    }
    path = {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}
    return defaults | read(ENV_FILE) | os.environ | path


def ensure_file() -> None:
    """Write `.portal/env` with this installation's own secrets, once, readable by its user only."""
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    if ENV_FILE.exists():
        return
    with os.fdopen(os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("# 本机的密钥和设置，一行一个 KEY=value，不要外传。This machine's own secrets and settings.\n")
        file.write(f"SECRET_KEY={secrets.token_urlsafe(50)}\n")


def read(file: Path) -> dict[str, str]:
    """KEY=value lines; blank lines and # comments are skipped."""
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
