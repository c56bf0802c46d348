"""R4: what was announced before the deadline may finish within the published grace, and nothing else."""

import hashlib
import io
from contextlib import nullcontext
from datetime import timedelta

import pytest

from core import clock
from core.files.inspection.checking import check
from core.files.models import Upload
from core.files.uploads import NotAccepted, append, begin, complete
from core.problems import Refused
from registrations.services import work_files, works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import Work
from tests.contest import load_guangdong
from tests.core import good_files

from . import build

pytestmark = pytest.mark.django_db
GRACE = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def announced(work: Work, data: bytes) -> Upload:
    """An upload of a second picture, announced now, of which nothing has been sent."""
    sha256 = hashlib.sha256(data).hexdigest()
    purpose = work_files.purpose_of(work, "images")
    return begin(owner=build.leader(work), purpose=purpose, name="二.png", size=len(data), sha256=sha256, limit=10**7)


def finish(upload: Upload, data: bytes) -> None:
    """Send and attach it."""
    complete(append(upload, 0, io.BytesIO(data)), finished=work_files.attach)


@pytest.mark.parametrize(
    ("announced_at", "finished_at", "taken"),
    [
        (-SECOND, GRACE - SECOND, True),
        (-SECOND, GRACE, False),
        (timedelta(), GRACE - SECOND, False),
        (-SECOND, timedelta(), True),
    ],
)
def test_grace_is_for_what_was_announced_in_time(announced_at, finished_at, taken):
    work, data = build.submitted(build.accepted(load_guangdong())), good_files.png(label="二")
    clock.set_now(build.CLOSES + announced_at)
    upload = announced(work, data)
    Upload.objects.filter(pk=upload.pk).update(created_at=build.CLOSES + announced_at)
    clock.set_now(build.CLOSES + finished_at)
    with nullcontext() if taken else pytest.raises(NotAccepted, match="已截止"):
        finish(upload, data)
    assert (work.files.count() == 2) is taken


def test_work_that_such_a_file_has_reached_is_handed_in_within_the_grace():
    work, data = build.submitted(build.accepted(load_guangdong())), good_files.png(label="二")
    clock.set_now(build.CLOSES - timedelta(minutes=1))
    upload = announced(work, data)
    clock.set_now(build.CLOSES + timedelta(minutes=5))
    finish(upload, data)
    check(work.files.latest("pk").file)
    with pytest.raises(Refused) as late:
        works.save_work(work, {"title": "晚了"}, by=build.leader(work))
    assert (build.submit(work).number, late.value.codes) == (2, ["window.late"])


def test_without_such_a_file_the_deadline_is_the_deadline():
    work = build.filled(build.accepted(load_guangdong()))
    clock.set_now(build.CLOSES + SECOND)
    with pytest.raises(Refused) as late:
        works.submit_work(work, by=build.leader(work), seen=WorkDossier(build.fresh(work)).content.digest)
    assert late.value.codes == ["window.late"]
