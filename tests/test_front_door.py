"""`make`: the private servers survive rough endings, the demo starts and stops cleanly, tests find a clean database."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from core.accounts.models import Session
from tools import environment, machine
from tools.locks import Busy, held
from tools.servers import SOCKET_LIMIT, Servers, home, private

ROOT = machine.ROOT
START_AND_SLEEP = """
import pathlib, sys, time
from tools.servers import Servers
Servers(pathlib.Path(sys.argv[1])).__enter__()
time.sleep(99)
"""
FAST = {"parts": frozenset({"postgres"}), "fast": True}


def processes_of(folder: Path) -> list[str]:
    """Command lines of living processes that name a folder."""
    found = (file.parent / "cmdline" for file in Path("/proc").glob("[0-9]*/stat"))
    lines = []
    for file in found:
        try:
            lines.append(file.read_text().replace("\0", " "))
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def execute(servers, statement):
    with servers.connect().cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def folder():
    """A folder that PostgreSQL may enter, under whatever account it runs."""
    made = private(Path(tempfile.mkdtemp(dir=os.environ["PORTAL_TEST_RUN"])))
    yield made
    shutil.rmtree(made)


def test_servers_recover_from_kill_9(folder):
    servers = Servers(folder).__enter__()
    execute(servers, "CREATE TABLE kept ()")
    for child in servers._children.values():
        child.kill()
        child.wait()
    with Servers(folder) as again:
        execute(again, "SELECT FROM kept")


def test_servers_die_with_their_parent(folder):
    parent = subprocess.Popen([sys.executable, "-c", START_AND_SLEEP, str(folder)], cwd=ROOT)
    wait_until((folder / "run/redis.sock").exists)
    parent.kill()
    parent.wait()
    wait_until(lambda: not processes_of(folder), seconds=10)


def test_a_long_path_gets_a_short_socket_folder(folder):
    with Servers(folder / ("x" * SOCKET_LIMIT), **FAST) as servers:
        assert len(str(servers.run / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT
        assert servers.run.stat().st_mode & 0o777 == 0o700
    assert not servers.run.exists()


def test_a_lock_tells_who_holds_it(tmp_path):
    with held(tmp_path / "lock"), pytest.raises(Busy, match=str(os.getpid())), held(tmp_path / "lock"):
        pass
    with held(tmp_path / "lock", shared=True), held(tmp_path / "lock", shared=True):
        pass


def test_without_root_the_missing_packages_are_one_line_to_run(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(machine.NotReady, match="sudo apt-get install -y --no-install-recommends redis-server"):
        machine.install_packages(["redis-server"])


@pytest.mark.parametrize(("name", "pip", "taken"), [
    ("python3.13", True, True), ("python3.13", False, False), ("python3.10", True, False), ("python3", True, False),
])  # fmt: skip
def test_debians_own_python_is_taken_where_it_is_new_and_whole(tmp_path, monkeypatch, name, pip, taken):
    python = tmp_path / "bin" / name
    python.parent.mkdir()
    python.touch()
    if pip:
        (tmp_path / "lib" / name / "ensurepip").mkdir(parents=True)
    monkeypatch.setattr(machine, "DEBIAN_PYTHON", python)
    assert machine.interpreter() == (python if taken else Path(sys.executable).resolve())


def test_what_was_made_here_does_not_make_it_stale(tmp_path, monkeypatch):
    """The static files gathered last time are no reason to gather them again."""
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "HOME", tmp_path / ".portal")
    for folder in ("static", ".portal/static"):
        (tmp_path / folder).mkdir(parents=True)
    before = machine.digest("*/static/**/*", "static/**/*")
    (tmp_path / ".portal/static/site.css").write_text("gathered")
    assert machine.digest("*/static/**/*", "static/**/*") == before
    (tmp_path / "static/site.css").write_text("changed")
    assert machine.digest("*/static/**/*", "static/**/*") != before


def test_secrets_are_made_once_and_private(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "HOME", tmp_path / "home")
    monkeypatch.setattr(environment, "ENV_FILE", tmp_path / "home/env")
    environment.ensure_file()
    first = environment.read(environment.ENV_FILE)
    environment.ensure_file()
    assert environment.read(environment.ENV_FILE) == first
    assert len(first["SECRET_KEY"]) > 50
    assert environment.ENV_FILE.stat().st_mode & 0o777 == 0o600


def test_an_older_file_gets_the_secrets_it_lacks(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "HOME", tmp_path)
    monkeypatch.setattr(environment, "ENV_FILE", tmp_path / "env")
    environment.ENV_FILE.write_text("SECRET_KEY=old\nPORT=8001")
    environment.ensure_file()
    lines = [line.split("=", 1)[0] for line in environment.ENV_FILE.read_text().splitlines()]
    assert lines == ["SECRET_KEY", "PORT", "DATA_KEYS", "DATA_INDEX_KEY", "CERTIFICATE_KEY"]
    assert environment.read(environment.ENV_FILE)["SECRET_KEY"] == "old"


@pytest.mark.django_db
def test_tests_connect_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_app",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time_around", [1, 2])
def test_a_transactional_test_leaves_nothing(time_around):
    assert Session.objects.count() == 0
    Session.objects.create(session_key="x", session_data="", expire_date=timezone.now())


@pytest.mark.django_db
def test_the_application_may_not_empty_a_table():
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied") as refused:
        cursor.execute("TRUNCATE accounts_session")
    assert isinstance(refused.value.__cause__, psycopg2.errors.InsufficientPrivilege)


@pytest.fixture
def installation(tmp_path):
    """Environment of a new installation beside this one: own data, own port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    ours = ("DATABASE", "REDIS", "PORTAL_", "DJANGO_", "PYTEST")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    yield env | {"PORTAL_HOME": str(tmp_path / "portal"), "PORT": port}
    shutil.rmtree(home(tmp_path / "portal"))


def make(env, *words, **options):
    command = ["make", "--no-print-directory", *words]  # else a make above this one, `make test`, has it print more
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240, **options)


def test_make_run_and_its_neighbours(installation, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=installation, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until(lambda: "ready:" in log.read_text() or demo.poll() is not None, seconds=240)
        assert demo.poll() is None, log.read_text()
        with urllib.request.urlopen(f"http://127.0.0.1:{installation['PORT']}/", timeout=120) as page:
            assert page.status == 200
        second = make(installation, "run")
        assert second.returncode != 0
        assert "已在运行" in second.stderr
        shared = make(installation, "manage", "ARGS=shell --verbosity=0 -c 'print(6 * 7)'")
        assert shared.stdout == "42\n"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGINT)  # what Ctrl-C does
        demo.wait(60)
    wait_until(lambda: not processes_of(tmp_path / "portal"), seconds=10)
    alone = make(installation, "manage", "ARGS=migrate --check")
    assert alone.returncode == 0, alone.stderr


def test_given_servers_are_used_and_none_started(installation, tmp_path):
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    question = "from django.db import connection; print(connection.settings_dict['NAME'])"
    shown = make(installation | given, "manage", f'ARGS=shell --verbosity=0 -c "{question}"')
    assert shown.stdout == given["DATABASE_URL"].split("?")[0].rsplit("/", 1)[1] + "\n"
    assert not (tmp_path / "portal/postgres").exists()
