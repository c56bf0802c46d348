"""A backup brings everything back (R23): dump, restore into another database, invariants hold, files match."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.db import connection

from awards.certificates.keys import keys
from core.files.models import StoredFile
from tests.awards.certificates import build as certificates
from tests.registrations import staff
from tests.registrations.works import build as works
from tools.databases import Database, ensure_database, execute, is_newest, unmark
from tools.servers import postgres_bin

COUNTED = (
    "accounts_user", "registrations_recommendationrow", "registrations_recommendationrowevent", "registrations_work",
    "awards_certificate", "files_storedfile", "notices_notice", "jobs_job", "tracks_milestone",
)  # fmt: skip


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Where private files lie."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def second(transactional_db: None) -> Iterator[Database]:
    """An empty database beside the test's own."""
    name = f"{connection.settings_dict['NAME']}_restored"
    urls = (os.environ["PORTAL_TEST_DATABASE_URL"], os.environ["PORTAL_TEST_OWNER_URL"])
    found = Database(*(url.format(name=name) for url in urls))
    ensure_database(found, fresh=True)
    yield found
    execute(os.environ["PORTAL_TEST_OWNER_URL"].format(name="postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def manage(target: str, media: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "DATABASE_URL": target,
        "MEDIA_ROOT": str(media),
        "DJANGO_SETTINGS_MODULE": "aisc_portal.settings",
    }
    argv = [sys.executable, "manage.py", *command]
    return subprocess.run(argv, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=120)


def postgres(program: str, *arguments: str) -> None:
    subprocess.run([postgres_bin() / program, *arguments], check=True, timeout=120)


def counts(url: str) -> list[tuple[object, ...]]:
    return [execute(url, f"SELECT count(*) FROM {table}")[0] for table in COUNTED]


def live() -> None:
    """Rows, a work with its files, a certificate."""
    edition = staff.contest()
    staff.stamped(edition, 3)
    works.submitted(works.accepted(edition))
    certificates.certificate(edition, "王芳", key=keys().private)


def test_a_restored_backup_is_whole(folder: Path, second: Database, tmp_path: Path) -> None:
    live()
    source = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    dump, copy = tmp_path / "portal.dump", tmp_path / "restored"
    postgres("pg_dump", f"--dbname={source}", "--format=custom", f"--file={dump}")
    shutil.copytree(folder, copy)
    postgres("pg_restore", f"--dbname={second.owner}", "--exit-on-error", str(dump))

    assert (counts(second.app), 0 in dict(enumerate(counts(second.app))).values()) == (counts(source), False)
    told = manage(second.app, copy, "invariants", "--json")
    report = json.loads(told.stdout)
    assert (report["broken"], told.returncode, report["checked"] >= 12) == ([], 0, True), told.stderr
    checked = manage(second.app, copy, "verify_files")
    assert (checked.returncode, checked.stdout.strip()) == (0, f"{StoredFile.objects.count()} 个文件全部一致")

    damaged, missing = (copy / file.blob.name for file in StoredFile.objects.order_by("size")[:2])
    damaged.write_bytes(bytes([damaged.read_bytes()[0] ^ 1]) + damaged.read_bytes()[1:])
    missing.unlink()
    checked = manage(second.app, copy, "verify_files")
    assert (checked.returncode, checked.stdout.count("✗")) == (1, 2)
    assert [words in checked.stdout for words in ("SHA-256 不符", "文件不在")] == [True, True]


def test_the_restored_ledgers_are_still_guarded(folder: Path, second: Database, tmp_path: Path) -> None:
    """Triggers and grants come back with the rows: what could not be rewritten cannot be rewritten there either."""
    live()
    source = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    dump = tmp_path / "portal.dump"
    postgres("pg_dump", f"--dbname={source}", "--format=custom", f"--file={dump}")
    postgres("pg_restore", f"--dbname={second.owner}", "--exit-on-error", str(dump))
    for url, words in ((second.app, "permission denied"), (second.owner, "append-only")):
        with pytest.raises(Exception, match=words):
            execute(url, "DELETE FROM registrations_recommendationrowevent")


def test_a_database_knows_of_which_schema_it_is(second: Database, tmp_path: Path) -> None:
    """So that `make run` migrates only where there is something to do; a restored one knows it, too."""
    source = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    dump = tmp_path / "portal.dump"
    known = [is_newest(second)]
    unmark(second)  # which has no tables yet
    postgres("pg_dump", f"--dbname={source}", "--format=custom", "--schema-only", f"--file={dump}")
    postgres("pg_restore", f"--dbname={second.owner}", "--exit-on-error", str(dump))
    known.append(is_newest(second))
    unmark(second)  # its schema was changed by hand
    assert [*known, is_newest(second)] == [False, True, False]
