"""R14 for what comes with a form: evidence and stamped scans are inspected when they come, and only downloaded."""

import io

import pytest

from core import clock
from core.accounts.models import User
from core.files.models import StoredFile
from core.problems import Refused
from registrations.services import eligibility
from registrations.services.stamping import Upload, upload_scan
from tests.core.hostile_files import hostile_files, pdfs
from tests.registrations import build, staff
from tests.registrations.entries.build import REGISTERING, draft, entered, person
from tests.registrations.hostile_papers import as_evidence, as_scans

pytestmark = pytest.mark.django_db
EVERY = 20  # of the corpus, which core's own tests inspect whole
CORPUS = [*hostile_files()[::EVERY], *list(pdfs())[::6]]


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_none_is_kept_as_evidence(edition):
    clock.set_now(REGISTERING)
    by = person()
    entry = draft(edition, by)
    for one in CORPUS:
        upload = Upload(one.name, io.BytesIO(one.content))
        with pytest.raises(Refused) as refusal:
            eligibility.save_claim(entry, "teacher_or_medic", {}, by=by, upload=upload)
        assert [(p.field, p.code.partition(".")[0]) for p in refusal.value.problems] == [("file", "file")]
    assert (entry.claims.count(), StoredFile.objects.count()) == (0, 0)


def test_none_is_kept_as_a_scan(desk):
    desk.submitted(1)
    for one in CORPUS:
        with pytest.raises(Refused) as refusal:
            upload_scan(desk.form, [Upload(one.name, io.BytesIO(one.content))], by=desk.officer, typed="1-0000")
        assert refusal.value.codes[0].startswith("file.")
    assert StoredFile.objects.count() == 0


def inline(users: list[User], paths: list[str]) -> list[tuple[str, str]]:
    """(reader, address) of every answer that a browser would show in the page."""
    found = []
    for user in users:
        client = staff.signed_in(user)
        for path in paths:
            answer = client.get(path)
            assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
            assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
            if not answer["Content-Disposition"].startswith("attachment"):
                found.append((user.real_name, path))
    return found


def test_evidence_that_slipped_through_is_only_downloaded(edition):
    by = person()
    paths = as_evidence(entered(edition, by), pdfs())
    assert len(paths) > 40
    assert inline([by, build.contact(edition), staff.organiser()], paths) == []


def test_a_scan_that_slipped_through_is_only_downloaded(edition, desk):
    desk.submitted(1)
    paths = as_scans(desk.form, pdfs(), by=desk.officer)
    assert inline([desk.officer, build.contact(edition), staff.organiser()], paths) == []
