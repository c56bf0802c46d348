"""Fixtures for every test: the database as the application sees it, reset by its owner; the browser.

Ordinary tests roll back. A transactional test (`django_db(transaction=True)`, `live_server`) commits for real;
afterwards its database is made anew from the template, since the append-only tables refuse TRUNCATE.
"""

import os
import shutil
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from aisc_portal import roles
from tools.databases import execute
from tools.pytest_servers import TEMPLATE

NAME = os.environ["DATABASE_URL"].split("?")[0].rsplit("/", 1)[1]
MAINTENANCE = os.environ["PORTAL_TEST_OWNER_URL"].format(name="postgres")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
CHROMIUM += ["--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that fails runs once more; the summary names it under RERUN, so that its race is looked for."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def make_database() -> None:
    """This worker's database, as the template has it; whoever was connected to the last one is cut off."""
    execute(
        MAINTENANCE,
        f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)",
        f"CREATE DATABASE {NAME} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY",
    )


def reset(_: TransactionTestCase) -> None:
    """What replaces Django's flush after a transactional test."""
    connections.close_all()
    make_database()
    roles._remembered.clear()  # keys begin anew


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Make this worker's database and the reset of transactional tests; replaces pytest-django's own set-up."""
    if error := os.environ["PORTAL_TEST_ERROR"]:
        pytest.fail(f"migrate 没有成功，没有测试数据库：\n{error}", pytrace=False)
    make_database()
    TransactionTestCase._fixture_teardown = reset


@pytest.fixture(scope="session")
def soak() -> bool:
    """Whether the long form of a test is asked for (`make soak`)."""
    return os.environ.get("PORTAL_SOAK") == "1"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, without its calls home."""
    return {"executable_path": shutil.which("chromium"), "args": CHROMIUM}
