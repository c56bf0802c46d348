"""A person's uploads in their export, after their deletion, under the invariants."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.audit.history import recorded
from core.files import personal
from core.files.invariants import invariants
from core.files.models import StoredFile, Upload
from core.files.uploads import complete
from core.jobs.services import drain
from core.personal import Person
from tests.core.uploading.build import CONTENT, begun, files, sent

pytestmark = pytest.mark.django_db


def test_unfinished_uploads_are_shown(owner):
    complete(sent(begun(owner)))
    upload = begun(owner, name="草稿.pdf", sha256="0" * 64)
    (section,) = personal.gather(owner)
    expected = ("草稿.pdf", len(CONTENT), 0, "上传中", upload.created_at, "0" * 64)
    assert section.rows == [expected]


def test_a_deleted_person_leaves_no_upload(owner):
    kept = complete(sent(begun(owner)))
    sent(begun(owner, name="祝宇的作品.pdf", purpose="slot:2"))
    with recorded("personal.purged", by=None):
        done = personal.purge(Person(owner, frozenset({"祝宇"}), "", ""))
    drain("upload.erase")
    assert (done["上传记录"], Upload.objects.count(), list(StoredFile.objects.all())) == (2, 0, [kept])
    assert [path.name for path in files()] == [kept.blob.name.split("/")[-1]]
    assert set(Upload.pgh_event_model.objects.values_list("name", flat=True)) == {"（已删除）"}


def test_invariants(owner):
    complete(sent(begun(owner)))
    late = begun(owner, purpose="slot:2")
    assert [found for _, found in invariants() if found] == []
    Upload.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(hours=2))
    StoredFile.objects.update(sha256="0" * 64)
    assert [len(found) for _, found in invariants() if found] == [1, 1]
