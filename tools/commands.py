"""The commands of the Makefile: run, manage, test, soak, lint, format, bench, rehearse. Runs in `.venv`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import environment, lint
from tools.databases import (
    Database,
    MigrationFailed,
    copy_blank,
    database,
    ensure_database,
    ensure_roles,
    is_newest,
    migrate,
    sibling,
    unmark,
)
from tools.locks import Busy, held
from tools.machine import HOME, PYTHON, ROOT, digest, say
from tools.servers import BOTH, ServerError, Servers, home, mortal

# manage.py commands that change the schema: run as the owner, all others as the application.
OWNER_COMMANDS = {"migrate", "makemigrations", "createcachetable", "pgtrigger", "sqlmigrate", "squashmigrations"}
STOPPED_BY_HAND = {128 + signal.SIGINT, 128 + signal.SIGTERM, -signal.SIGINT, -signal.SIGTERM}
STATIC_FILES = (
    "static/**/*",
    "docs/images/*",
    "*/static/**/*",
    "*/*/static/**/*",
    "uv.lock",
    "aisc_portal/settings.py",
)


@dataclass(frozen=True)
class Place:
    """Where the portal works: its database and the environment of its processes (as the application)."""

    database: Database
    env: dict[str, str]
    new: bool


@contextmanager
def place(*, alone: bool = False, name: str = "", store: int = 0) -> Iterator[Place]:
    """Database and Redis for the length of a block: those of the environment, else the private ones.

    `alone`: refuse when another command already runs the private servers, rather than share them.
    `name`: a database beside the portal's; `store`: the number of Redis's store.
    """
    env = environment.base()
    given = {"postgres": env.get("DATABASE_URL"), "redis": env.get("REDIS_URL")}
    servers = Servers(home(), parts=BOTH - {part for part, url in given.items() if url})
    with ExitStack() as stack:
        if servers.parts:
            share_or_start(servers, stack, alone=alone)
        if url := given["postgres"]:
            target = Database(app=url, owner=env.get("DATABASE_OWNER_URL") or url)
        else:
            target = database(servers, env.get("PORTAL_DB", "portal"))
            ensure_roles(servers)
        if name:
            target = sibling(target, name)
        new = ensure_database(target) if name or not url else False
        urls = {"DATABASE_URL": target.app, "REDIS_URL": given["redis"] or servers.redis_url(store)}
        env.pop("DATABASE_OWNER_URL", None)  # the application never knows the owner's address
        yield Place(target, env | urls, new)


def share_or_start(servers: Servers, stack: ExitStack, *, alone: bool) -> None:
    """Use the private servers that run already, else start them; `stack` stops what was started."""
    try:
        stack.enter_context(held(HOME / "lock"))
    except Busy as busy:
        if alone:
            sys.exit(
                f"门户已在运行（进程 {busy.holder}），请到那个窗口按 Ctrl-C，或直接使用它。\n"
                f"The portal is already running (process {busy.holder}): use it, or stop it first."
            )
        stack.enter_context(held(HOME / "users", shared=True, wait=True))
        servers.wait()
    else:
        stack.enter_context(servers)
        if not alone:
            stack.callback(wait_for_others)


def wait_for_others() -> None:
    """Keep the servers up until the last command that shares them is done."""
    with held(HOME / "users", wait=True):
        pass


def call(command: list[str], env: dict[str, str]) -> int:
    """Run a command to its end, passing on the signals that ask this one to stop; its exit code."""
    child = subprocess.Popen([*mortal(), *command], cwd=ROOT, env=env)
    before = {
        number: signal.signal(number, lambda received, _: child.send_signal(received))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        return child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(_: list[str]) -> int:
    """The whole demo: servers, newest schema, demo data, then web, worker and beat until Ctrl-C."""
    port = os.environ.get("PORT", "8000")
    with place(alone=True) as here:
        if is_taken(port):
            sys.exit(f"端口 {port} 已被占用，请换一个：PORT=8001 make run\nPort {port} is taken: PORT=8001 make run")
        env = here.env | {"PORT": port, "SITE_URL": here.env.get("SITE_URL", f"http://127.0.0.1:{port}")}
        if not is_newest(here.database):
            say("数据库升级 …")
            migrate(here.database, here.env)
        collect_static(env)
        if code := call([str(PYTHON), "manage.py", "demo"], env):
            return code
        threading.Thread(target=announce, args=(f"http://127.0.0.1:{port}",), daemon=True).start()
        code = call(["honcho", "-e", os.devnull, "start"], env)
        return 0 if code in STOPPED_BY_HAND else code


def collect_static(env: dict[str, str]) -> None:
    """Gather and compress the static files, unless they are those of the last time."""
    stamp, made_from = Path(env["PORTAL_HOME"]) / "static" / ".made-from", digest(*STATIC_FILES)
    if not stamp.exists() or stamp.read_text() != made_from:
        say("整理静态文件 …")
        if call([str(PYTHON), "manage.py", "collectstatic", "--noinput", "--verbosity=0"], env) == 0:
            stamp.parent.mkdir(exist_ok=True)
            stamp.write_text(made_from)


def is_taken(port: str) -> bool:
    """Whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def announce(address: str) -> None:
    """Print the address once the portal answers there."""
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            pass  # it answers
        except OSError:
            time.sleep(0.1)
            continue
        print(f"\n  门户已就绪 / ready:  {address}\n  按 Ctrl-C 停止 / Ctrl-C stops it\n", flush=True)
        return


def manage(args: list[str]) -> int:
    """One manage.py command; on a new database the tables are made first."""
    with place() as here:
        owner = bool(args) and args[0] in OWNER_COMMANDS
        if here.new and not owner:
            migrate(here.database, here.env, quiet=True)
        if owner:
            unmark(here.database)
        env = here.env | ({"DATABASE_URL": here.database.owner} if owner else {})
        return call([str(PYTHON), "manage.py", *args], env)


def test(args: list[str]) -> int:
    """Lint and types, then all tests; the last line printed is pytest's summary."""
    if code := lint.run():
        return code
    workers = max(2, min(4, os.cpu_count() or 2))
    return pytest(["-n", str(workers), "--dist", "worksteal", *args])  # some tests take minutes


def soak(args: list[str]) -> int:
    """The long forms of the tests marked `soak`, one after another."""
    os.environ["PORTAL_SOAK"] = "1"
    return pytest(["-m", "soak", *args])


def pytest(args: list[str]) -> int:
    """Tests bring their own servers (tools/pytest_servers.py)."""
    return call([str(PYTHON), "-m", "pytest", *args], dict(os.environ))


def bench(args: list[str]) -> int:
    """Measurements; the table is also written to bench/results.json. args: words of the files' names; all without.

    Each file has a process and an empty database of its own, so that none finds what another left, in memory or on
    tables. The pages of a whole year have another database, beside it.
    """
    found = sorted(path.stem for path in (ROOT / "bench").glob("bench_*.py"))
    files = [file for file in found if not args or any(word in file for word in args)]
    rows = HOME / "bench" / "rows"
    shutil.rmtree(rows, ignore_errors=True)
    rows.mkdir(parents=True)
    for file in files:
        measured = ["bench/run.py", "measure", file, str(rows / f"{file}.json")]
        in_own_database("bench", measured, store=2, beside={"BENCH_PAGES_URL": "bench_pages"})
    return call([str(PYTHON), "bench/run.py", "tell", str(rows), *files], dict(os.environ))


def rehearse(args: list[str]) -> int:
    """Drive a whole edition through the services in a database of its own, kept for a look afterwards."""
    # Nobody would miss its files after a power cut.
    return in_own_database("rehearsal", ["manage.py", "rehearse", *args], store=1, FILES_SYNCED="0")


def in_own_database(
    name: str, command: list[str], *, store: int, beside: dict[str, str] | None = None, **more: str
) -> int:
    """Run a Python program on a fresh, migrated database, with files and mails of its own. more: environment.

    `beside`: names of more such databases, by the variable in which the program finds their address.
    """
    with place(name=name, store=store) as here:
        own = here.env | {"PORTAL_HOME": str(HOME / name)}
        others = {variable: sibling(here.database, other) for variable, other in (beside or {}).items()}
        with held(HOME / "blank.lock", wait=True):
            for database_ in (here.database, *others.values()):
                copy_blank(database_, own)
        own |= {variable: other.app for variable, other in others.items()}
        return call([str(PYTHON), *command], own | more)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "manage": manage,
    "test": test,
    "lint": lambda _: lint.run(),
    "format": lambda _: lint.fix(),
    "soak": soak,
    "bench": bench,
    "rehearse": rehearse,
}


def main() -> int:
    """Run the command in argv; its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    name, *args = sys.argv[1:]
    if name not in COMMANDS:
        print(f"没有这个命令 / unknown command: {name}（{', '.join(COMMANDS)}）", file=sys.stderr)
        return 2
    environment.ensure_file()
    try:
        return COMMANDS[name](args)
    except (ServerError, MigrationFailed) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
