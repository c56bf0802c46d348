"""A private PostgreSQL and Redis: Debian's own, as foreground children on unix sockets in one 0700 folder."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis

from tools.machine import HOME

SUPERUSER = "postgres"
SOCKET_LIMIT = 107  # bytes a unix socket path may have
BOTH = frozenset({"postgres", "redis"})
# No question of ours runs long enough to be worth compiling.
CONFIG = {"listen_addresses": "", "max_connections": "200", "timezone": "UTC", "log_timezone": "UTC", "jit": "off"}
# Tests and their data live for one run: nothing is lost if the machine stops.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "min_wal_size": "2MB"}


class ServerError(Exception):
    """A private server did not start; the message ends with the last lines of its log."""


@functools.cache
def postgres_bin() -> Path:
    """The folder of the newest PostgreSQL's programs: Debian's, else the one on PATH."""
    if debian := sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)):
        return debian[-1]
    return Path(shutil.which("initdb") or "initdb").resolve().parent


@functools.cache
def launcher() -> tuple[str, ...]:
    """What comes before a PostgreSQL command, which refuses to run as root.

    A user namespace where the kernel allows one (files stay root's); else the account `postgres`.
    """
    if os.geteuid() != 0:
        return ()
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    with suppress(FileNotFoundError):
        if subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
            return namespace
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")


def home(installation: Path = HOME) -> Path:
    """The 0700 folder for the private servers' files: `.portal`.

    Under the account `postgres`, which may not enter that, a folder of its own in /var/lib.
    """
    if "setpriv" not in launcher():
        return private(installation)
    digest = hashlib.sha256(str(installation).encode()).hexdigest()[:12]
    base = Path("/var/lib/aisc-portal")
    base.mkdir(mode=0o711, exist_ok=True)
    return private(base / digest)


def private(folder: Path) -> Path:
    """Make a folder that only PostgreSQL's account (and root) may enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if "setpriv" in launcher():
        shutil.chown(folder, "postgres", "postgres")
    return folder


@dataclass
class Servers:
    """One PostgreSQL and one Redis below `base`; a context manager that starts and stops its `parts`.

    They are children of this process and die with it, however it ends. Raises ServerError.
    """

    base: Path
    parts: frozenset[str] = BOTH
    fast: bool = False
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.base / "postgres"

    @functools.cached_property
    def run(self) -> Path:
        """The folder of the sockets; a short one under the temporary directory when this path is too long."""
        run = self.base / "run"
        if len(os.fsencode(run / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT:
            return run
        digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"aisc-{os.getuid()}-{digest}"

    def database_url(self, role: str, name: str) -> str:
        """The address of a database in libpq's form, so that psql and Django both take it."""
        return f"postgresql://{role}@/{name}?host={quote(str(self.run), safe='/')}"

    def redis_url(self, number: int = 0) -> str:
        """The address of one of Redis's 16 numbered stores."""
        return f"unix://{quote(str(self.run), safe='/')}/redis.sock?db={number}"

    def connect(self, name: str = "postgres", role: str = SUPERUSER) -> psycopg2.extensions.connection:
        """An autocommit connection, for the statements that run outside transactions."""
        connection = psycopg2.connect(host=str(self.run), dbname=name, user=role)
        connection.autocommit = True
        return connection

    def __enter__(self) -> Servers:
        for folder in (self.base, self.run):
            private(folder)
        try:
            self._recover()
            if "postgres" in self.parts:
                self._start_postgres()
            if "redis" in self.parts:
                self._start_redis()
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both: Redis saves, PostgreSQL drops its clients and writes its checkpoint (a fast shutdown)."""
        for child in self._children.values():
            child.send_signal(signal.SIGINT)
        for child in self._children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(30)
            if child.poll() is None:
                child.kill()
                child.wait()
        self._children.clear()
        if not self.run.is_relative_to(self.base):
            shutil.rmtree(self.run, ignore_errors=True)

    def _initdb(self) -> None:
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        half_made = self.data.with_name("postgres.new")  # so that an interrupted initdb is begun anew
        shutil.rmtree(half_made, ignore_errors=True)
        options = [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", f"--locale={locale}", "--no-sync"]
        options += ["--wal-segsize=1"] if self.fast else []
        command = [*launcher(), str(postgres_bin() / "initdb"), *options, f"--pgdata={half_made}"]
        done = subprocess.run(command, cwd=self.base, capture_output=True, text=True)
        if done.returncode != 0:
            raise ServerError(f"initdb: {done.stderr}")
        half_made.rename(self.data)

    def _start_postgres(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        config = CONFIG | {"unix_socket_directories": str(self.run)} | (FAST if self.fast else {})
        settings = [f"--{name}={value}" for name, value in config.items()]
        program = str(postgres_bin() / "postgres")
        self._spawn("postgres", [*launcher(), *mortal(), program, "-D", str(self.data), *settings])

    def _start_redis(self) -> None:
        folder = self.base / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.run / "redis.sock"),
            "unixsocketperm": "700",
            "dir": str(folder),
            "daemonize": "no",
            "save": "",
            "appendonly": "no" if self.fast else "yes",
            "maxmemory-policy": "noeviction",
        }
        self._spawn("redis", [*mortal(), "redis-server", *(part for k, v in options.items() for part in (f"--{k}", v))])

    def wait(self, seconds: float = 60) -> None:
        """Wait until the parts answer (a crash recovery may take a while). Raises ServerError."""
        if "postgres" in self.parts:
            self._wait("postgres", lambda: self.connect().close(), seconds)
        if "redis" in self.parts:
            self._wait("redis", lambda: self._redis().ping(), seconds)

    def _spawn(self, name: str, command: list[str]) -> None:
        """Start a child in a session of its own, so that Ctrl-C cannot stop it before its clients."""
        with (self.base / f"{name}.log").open("wb") as log:
            self._children[name] = subprocess.Popen(
                command, cwd=self.base, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _wait(self, name: str, answers: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        child = self._children.get(name)  # none when another process started it
        while time.monotonic() < deadline and (child is None or child.poll() is None):
            with suppress(psycopg2.OperationalError, redis.ConnectionError):
                answers()
                return
            time.sleep(0.02)
        log = (self.base / f"{name}.log").read_text(errors="replace")
        raise ServerError(f"{name} 没有启动 / did not start:\n{log[-2000:]}")

    def _redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis_url())

    def _recover(self) -> None:
        """Clear what a killed run left: servers that outlived it, or a pid file whose number another process has."""
        with suppress(redis.ConnectionError):
            self._redis().shutdown(nosave=True)
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split()[0])
        if str(self.data) in _command_of(pid):
            os.kill(pid, signal.SIGINT)
            if not _gone(pid, seconds=30):
                raise ServerError(f"进程 {pid} 仍占用 {self.data} / still holds it")
        elif not _gone(pid, seconds=2):
            # A zombie's or a stranger's number: PostgreSQL would refuse to start.
            pid_file.unlink(missing_ok=True)
            (self.run / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _gone(pid: int, *, seconds: float) -> bool:
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def _command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    if sys.platform != "linux":
        return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def mortal() -> tuple[str, ...]:
    """What makes a child stop when its parent is killed; Linux only."""
    return ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()
