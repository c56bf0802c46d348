"""The environment the portal's processes run in: what is set outside wins, `.portal/env` comes next, then defaults."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from tools.locks import held
from tools.machine import HOME, VENV

ENV_FILE = HOME / "env"
HEADING = "# 本机的密钥和设置，一行一个 KEY=value，不要外传。This machine's own secrets and settings."


def data_key() -> str:
    """A fresh key for sealed data: 32 bytes in Base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


SECRETS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "DATA_KEYS": lambda: f"k1:{data_key()}",
    "DATA_INDEX_KEY": data_key,
    "CERTIFICATE_KEY": lambda: f"c1:{data_key()}",  # Ed25519: any 32 bytes are a private key
}


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
    """Write `.portal/env` with this installation's own secrets, readable by its user only; add what it lacks, once."""
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(HOME / "env.lock", wait=True):  # two first commands at once must not disagree about a key
        text = ENV_FILE.read_text() if ENV_FILE.exists() else HEADING
        missing = [name for name in SECRETS if name not in read(ENV_FILE)]
        if not missing:
            return
        lines = [text.rstrip("\n"), *(f"{name}={SECRETS[name]()}" for name in missing), ""]
        with os.fdopen(os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("\n".join(lines))


def read(file: Path) -> dict[str, str]:
    """KEY=value lines; blank lines and # comments are skipped."""
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
