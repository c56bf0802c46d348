"""What this machine needs before Django can start: system packages and `.venv`. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("PORTAL_HOME") or ROOT / ".portal")  # this installation's data, secrets and servers
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
DEBIAN_PYTHON = Path("/usr/bin/python3")

# Debian package → a file below / that shows it is there (a glob pattern). Looking at files is faster than asking dpkg.
PACKAGES = {
    "postgresql": "usr/lib/postgresql/*/bin/postgres",
    "redis-server": "usr/bin/redis-server",
    "libpango-1.0-0": "usr/lib/*/libpango-1.0.so.0",
    "libpangoft2-1.0-0": "usr/lib/*/libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "usr/lib/*/libharfbuzz-subset.so.0",
    "fonts-noto-cjk": "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "fonts-lxgw-wenkai": "usr/share/fonts/truetype/lxgw-wenkai/*.ttf",
}
TEST_PACKAGES = {"chromium": "usr/bin/chromium"}
# Written before postgresql is installed, or Debian would start a server of its own.
CLUSTER_CONF = Path("/etc/postgresql-common/createcluster.conf")
MAC_HINT = "brew install postgresql@15 redis pango harfbuzz font-noto-sans-cjk font-lxgw-wenkai chromium"


class NotReady(Exception):
    """This machine lacks something that only its owner can add; the message says what to do."""


def prepare(*, tests: bool) -> None:
    """Bring the machine to where the project runs; does nothing, in milliseconds, when it is there already.

    `tests` adds what only the tests need (Chromium). Raises NotReady.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever `python3` is here
        raise NotReady(f"需要 Python 3.11 或更新版本，现在是 {sys.version.split()[0]}。Python ≥3.11 is needed.")
    install_packages(missing_packages(tests=tests))
    sync_venv()


def missing_packages(*, tests: bool) -> list[str]:
    """Debian packages this machine lacks, in the order of the table above."""
    wanted = PACKAGES | (TEST_PACKAGES if tests else {})
    missing = [name for name, pattern in wanted.items() if not (any(Path("/").glob(pattern)) or _elsewhere(name))]
    if importlib.util.find_spec("ensurepip") is None and not UV.exists():
        missing.append("python3-venv")
    return missing


def _elsewhere(package: str) -> bool:
    """Servers, browser and fonts that came another way than by Debian (macOS, a hand-built PostgreSQL)."""
    command = {"postgresql": "initdb"}.get(package, package)
    if sys.platform == "darwin" and command not in {"initdb", "redis-server"}:
        return True  # fonts and libraries cannot be looked up there; the README lists them
    return shutil.which(command) is not None


def install_packages(packages: list[str]) -> None:
    """apt-get as root; otherwise stop with the one line to run. Raises NotReady."""
    if not packages:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        raise NotReady(f"缺少 / missing: {' '.join(packages)}\nmacOS: {MAC_HINT}")
    if os.geteuid() != 0:
        raise NotReady(f"请先运行这一行，再重试 / run this line first:\n  sudo {' '.join(install)}")
    say(f"安装系统软件包：{' '.join(packages)}")
    if "postgresql" in packages and not CLUSTER_CONF.exists():
        CLUSTER_CONF.parent.mkdir(parents=True, exist_ok=True)
        CLUSTER_CONF.write_text("create_main_cluster = false\n")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # The lists of a new machine are empty or old: only then is `update` worth its seconds.
    if subprocess.run(install, env=env, stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        _run(["apt-get", "update", "-q"], env)
        _run(install, env)


def sync_venv() -> None:
    """Make `.venv` what `uv.lock` says; skipped while the lock and the Python are those it was last made from."""
    python = interpreter()
    wanted = f"{digest('uv.lock', 'pyproject.toml')} {python}"
    stamp = VENV / ".synced"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say("安装 Python 依赖 …")
    if not UV.exists() or PYTHON.resolve() != python:
        _run([str(python), "-m", "venv", "--clear", str(VENV)])
        _run([str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv"])
    # Compiled now (15 s, once), since every later start would otherwise pay for it again.
    _run([str(UV), "sync", "--locked", "--quiet", "--compile-bytecode"], os.environ | {"UV_PYTHON_DOWNLOADS": "never"})
    stamp.write_text(wanted)


def interpreter() -> Path:
    """The Python that `.venv` is made from: Debian's own where it is new enough and whole, or the one that runs this.

    Debian's is mended with the system and optimised by profile; one that pyenv built, as it does unless told
    otherwise, takes half as long again for the same work (docs/decisions.md).
    """
    debians = DEBIAN_PYTHON.resolve()  # python3.11: its name tells the version, and pip comes in another package
    minor = debians.name.removeprefix("python3.")
    whole = debians.parent.parent.joinpath("lib", debians.name, "ensurepip").exists()
    return debians if minor.isdigit() and int(minor) >= 11 and whole else Path(sys.executable).resolve()


def digest(*patterns: str) -> str:
    """One hash over the project's files that match, names and contents: tells whether work based on them is stale.

    What was installed or made here is none of them.
    """
    files = sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()})
    total = hashlib.sha256()
    for path in files:
        if not {VENV, HOME} & set(path.parents):
            total.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return total.hexdigest()[:16]


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    """Run a set-up step without input. Raises NotReady when it fails (its own output is on the screen)."""
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise NotReady(f"没有成功（见上）/ failed, see above: {' '.join(command)}")


def say(text: str) -> None:
    """One line of progress, on stderr: stdout belongs to the command."""
    print(f"· {text}", file=sys.stderr, flush=True)
