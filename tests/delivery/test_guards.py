"""Whoever takes a guard of R1–R6 away is told by a test (R22). `make soak` takes each away in a copy of the source."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.delivery.guards import GUARDS, Guard
from tools.machine import HOME, ROOT

OURS = ("PORTAL_", "DATABASE_", "REDIS_", "PYTEST_", "DJANGO_", "SITE_")  # of the run that this test is part of
BARE = """

_whole = make_database


def make_database() -> None:
    _whole()
    execute(os.environ["PORTAL_TEST_OWNER_URL"].format(name=NAME), {sql!r})
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source, to be changed at will."""
    copy = tmp_path_factory.mktemp("guards") / "source"
    return shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))


def outcome(source: Path, *tests: str) -> tuple[int, str]:
    """What pytest says of the copy, on servers of its own; its migrated cluster is this installation's."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    more = {"PORTAL_HOME": str(HOME), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=source, env=env | more, capture_output=True, text=True, timeout=600)
    return done.returncode, done.stdout[-3000:] + done.stderr[-1000:]


def taken_away(source: Path, guard: Guard) -> tuple[Path, str]:
    """(the file to change, its text without the guard)."""
    if guard.sql:
        file = source / "tests/conftest.py"
        return file, file.read_text(encoding="utf-8") + BARE.format(sql=guard.sql)
    file = source / guard.file
    text = file.read_text(encoding="utf-8")
    assert text.count(guard.there) == 1
    return file, text.replace(guard.there, guard.instead)


@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_the_guard_stands_and_has_its_test(guard: Guard) -> None:
    _, without = taken_away(ROOT, guard)
    compile(without, guard.file, "exec")
    file, _, name = guard.test.partition("::")
    assert f"def {name or 'test_'}" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.soak
def test_with_all_guards_nothing_fails(source: Path, soak: bool) -> None:
    if not soak:
        pytest.skip("make soak")
    code, said = outcome(source, *dict.fromkeys(guard.test for guard in GUARDS))
    assert code == 0, said


@pytest.mark.soak
@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_without_the_guard_its_test_fails(source: Path, guard: Guard, soak: bool) -> None:
    if not soak:
        pytest.skip("make soak")
    file, without = taken_away(source, guard)
    whole = file.read_text(encoding="utf-8")
    file.write_text(without, encoding="utf-8")
    try:
        code, said = outcome(source, guard.test)
    finally:
        file.write_text(whole, encoding="utf-8")
    assert code == 1, said
    assert re.search(r"\d+ failed", said), said
