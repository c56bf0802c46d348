"""Servers and processes that can be broken: a Postgres and a Redis of their own, a real worker, a real beat."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from celery import Celery
from django.db import DEFAULT_DB_ALIAS, connections
from environ import Env

from aisc_portal import celery_app
from tools.databases import APP
from tools.locks import held
from tools.machine import ROOT, VENV
from tools.pytest_servers import TEMPLATE, copy, migrated_cluster
from tools.servers import Servers, mortal, private

COMMANDS = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


class Breakable(Servers):
    """Both servers as in production (what is committed outlives their crash), and the ways in which they go down."""

    @property
    def address(self) -> str:
        """The migrated database, as the application."""
        return self.database_url(APP, TEMPLATE)

    def crash_postgres(self) -> None:
        """End it without a shutdown; the next start recovers from the log."""
        self._end("postgres", signal.SIGQUIT)

    def start_postgres(self) -> None:
        """Start it again; returns when it answers."""
        self._start_postgres()
        self._wait("postgres", lambda: self.connect().close(), 60)

    def wipe_redis(self) -> None:
        """Lose all it holds, then kill it."""
        self._redis().flushall()
        self._end("redis", signal.SIGKILL)

    def start_redis(self) -> None:
        """Start it again, empty; returns when it answers."""
        self._start_redis()
        self._wait("redis", lambda: self._redis().ping(), 60)

    def waiting_in_redis(self) -> int:
        """How many tasks nobody has taken yet."""
        return int(self._redis().llen("portal"))

    def clients(self, name: str) -> int:
        """How many connections one of the Procfile's processes has to Postgres."""
        count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(count, [name])
            return int(cursor.fetchone()[0])

    def _end(self, name: str, with_signal: int) -> None:
        child = self._children.pop(name)
        child.send_signal(with_signal)
        child.wait(60)


@contextmanager
def servers(folder: Path) -> Iterator[Breakable]:
    """A Postgres with the newest schema and a Redis; this process's Django and Celery work on them meanwhile."""
    tests = Path(os.environ["PORTAL_TEST_RUN"]).parent  # where this run's cluster was copied from
    with held(tests / "lock", wait=True):
        copy(migrated_cluster(tests), private(folder))
    with (folder / "postgres" / "postgresql.auto.conf").open("a") as config:
        config.write("fsync = off\n")  # only a crash of the machine would need it
    with Breakable(folder) as made, _django_on(made.address), _celery_on(made.redis_url()):
        yield made


@contextmanager
def _django_on(address: str) -> Iterator[None]:
    settings = connections[DEFAULT_DB_ALIAS].settings_dict
    before = dict(settings)
    connections.close_all()
    settings |= {**Env.db_url_config(address), "ENGINE": before["ENGINE"]}
    try:
        yield
    finally:
        connections.close_all()
        settings |= before


@contextmanager
def _celery_on(address: str) -> Iterator[None]:
    app = Celery("storm", set_as_current=True)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=address.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="))
    try:
        yield
    finally:
        app.close()
        celery_app.set_current()


@dataclass
class Processes:
    """Lines of the Procfile as children with a process group each. env: beside this process's own."""

    folder: Path
    env: dict[str, str]
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start one; its output goes to `<name>.log`."""
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        # Many starts of the same code: let Python keep what it compiled.
        env = os.environ | self.env | {"PATH": path, "PGAPPNAME": name, "PYTHONDONTWRITEBYTECODE": ""}
        with (self.folder / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(
                [*mortal(), "sh", "-c", COMMANDS[name]],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL to the whole group: the pool's processes too."""
        child = self._children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def fallen(self) -> list[str]:
        """Those that ended by themselves."""
        return [name for name, child in self._children.items() if child.poll() is not None]

    def said(self, name: str, words: str) -> int:
        """How often a process has said something."""
        return (self.folder / f"{name}.log").read_text(errors="replace").count(words)

    def log(self) -> str:
        """The end of what they said."""
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log")))

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._children):
            self.kill(name)
