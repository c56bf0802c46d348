"""A pytest plugin: every pytest run has a PostgreSQL and a Redis of its own, ready before Django reads its settings.

A cluster with the two roles and the migrated database `template` is made once and kept below `.portal/test/`,
named by what it was made from. Each run starts on a copy of it (0.2 s), so runs side by side never meet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tools.databases import MADE_FROM, MigrationFailed, database, ensure_database, ensure_roles, migrate
from tools.locks import Busy, held
from tools.machine import digest
from tools.servers import Servers, home, private

TEMPLATE = "template"
KEPT = 3  # clusters of earlier schemas, for going back and forth between branches

_stack = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Before pytest-django loads the settings: start the servers (once), point this process at its own database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        start()
    use_database_of(worker or "main")
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what this process started; an xdist worker started nothing."""
    _stack.close()


def start() -> None:
    """Start a copy of the migrated cluster; its addresses go into the environment, which xdist's workers inherit."""
    folder = private(home() / "test")
    error = ""
    with held(folder / "lock", wait=True):  # one builds, the others then find it built
        sweep(folder)
        run = private(folder / f"run-{uuid.uuid4().hex[:8]}")
        _stack.callback(shutil.rmtree, run, ignore_errors=True)
        _stack.enter_context(held(run / "lock"))
        try:
            copy(migrated_cluster(folder), run)
        except MigrationFailed as problem:
            error = str(problem)  # tests without a database can still run; the others say why they cannot
    servers = _stack.enter_context(Servers(run, fast=True))
    os.environ |= {
        "PORTAL_TEST_RUN": str(run),
        "PORTAL_TEST_ERROR": error,
        "PORTAL_TEST_DATABASE_URL": database(servers, "{name}").app,
        "PORTAL_TEST_OWNER_URL": database(servers, "{name}").owner,
        "PORTAL_TEST_REDIS_URL": servers.redis_url(),
    }


def use_database_of(worker: str) -> None:
    """Point Django's settings at this worker's own database, Redis store and folder."""
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    folder = Path(os.environ["PORTAL_TEST_RUN"]) / worker
    (folder / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "PORTAL_MODE": "test",
        "PORTAL_HOME": str(folder),
        "DATABASE_URL": os.environ["PORTAL_TEST_DATABASE_URL"].format(name=f"test_{worker}"),
        "REDIS_URL": os.environ["PORTAL_TEST_REDIS_URL"].replace("db=0", f"db={number % 16}"),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop running in the tests' thread
    }


def migrated_cluster(folder: Path) -> Path:
    """The stopped cluster of the present schema, made now if need be. Raises MigrationFailed."""
    cluster = folder / f"cluster-{digest(*MADE_FROM)}"
    if not cluster.exists():
        making = folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        with Servers(private(making), parts=frozenset({"postgres"}), fast=True) as servers:
            ensure_roles(servers)
            template = database(servers, TEMPLATE)
            ensure_database(template)
            migrate(template, os.environ | {"PORTAL_MODE": "test", "PORTAL_HOME": str(making)}, quiet=True)
        making.rename(cluster)
    cluster.touch()
    for old in sorted(folder.glob("cluster-*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old)
    return cluster


def copy(cluster: Path, run: Path) -> None:
    """Copy a stopped cluster's data, by reference where the file system can."""
    subprocess.run(["cp", "-a", cluster / "postgres", run], check=True)


def sweep(folder: Path) -> None:
    """Remove the folders of runs that were killed: nobody holds their lock any more."""
    for run in folder.glob("run-*"):
        with suppress(Busy, FileNotFoundError), held(run / "lock"):
            shutil.rmtree(run, ignore_errors=True)
