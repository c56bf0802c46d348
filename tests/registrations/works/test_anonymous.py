"""匿名版: copies without names come in by tus as works do, under the same limits and checks."""

from contextlib import nullcontext
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse

from core import clock
from core.files.models import Upload
from core.files.uploads import NotAccepted, append, begin, complete
from core.problems import Refused
from registrations.services import anonymising, work_files, work_verdicts
from registrations.services.work_dossier import WorkDossier
from tests.contest import load_guangdong
from tests.core import good_files
from tests.core.hostile_files import pdfs
from tests.core.uploading.build import Tus, codes, sha256
from tests.registrations import staff

from . import build

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def work(settings, tmp_path):
    """Handed in; a copy without names is asked for, within three days."""
    settings.MEDIA_ROOT = tmp_path
    edition = load_guangdong()
    found = build.submitted(build.accepted(edition))
    until = clock.now() + timedelta(days=3)
    work_verdicts.ask_anonymous(found, until, note="片头有姓名", by=staff.contact(edition, "worker"))
    return build.fresh(found)


def announced(work, data: bytes, name: str = "匿名.png") -> str:
    """The address of an upload for the copy of its picture."""
    slot = reverse("work_uploads", args=[work.pk, "images"]) + f"?copy={work.files.get(anonymous_of=None).pk}"
    return Tus(build.leader(work)).post(data, name, slot)["Location"]


def give(work) -> list[tuple[str, str]]:
    """Where and why it is refused."""
    work = build.fresh(work)
    work_files.check_now(WorkDossier(work))
    try:
        anonymising.give_anonymous(work, by=build.leader(work))
    except Refused as refused:
        return [(problem.code, problem.field) for problem in refused.problems]
    return []


def test_copy_comes_in_piece_by_piece(work):
    original, data, tus = work.files.get(), good_files.png(label="匿名"), Tus(build.leader(work))
    address = announced(work, data)
    tus.patch(address, 0, data[:100])
    page = tus.client.get(reverse("work_anonymous", args=[work.pk])).content.decode()
    assert (f'data-each="/works/{work.pk}/uploads/"' in page, "要接着传" in page) == (True, True)
    assert give(work) == [("upload.open", f"copy-{original.pk}")]
    assert [problem.code for problem in WorkDossier(work).content_problems()] == []
    assert tus.patch(address, 100, data[100:]).status_code == 204
    assert (work.files.get(anonymous_of=original).file.size, give(work)) == (len(data), [])


def test_copy_has_the_limit_of_its_material(work):
    slot = reverse("work_uploads", args=[work.pk, "images"]) + f"?copy={work.files.get().pk}"
    answer = Tus(build.leader(work)).post(b"x", "匿名.png", slot, Upload_Length=10**7 + 1)
    assert (answer.status_code, codes(answer)) == (413, ["file.too_large"])


def test_copy_passes_the_same_checks(work):
    original = work.files.get()
    small = good_files.png(20, 20, dpi=30, label="匿名")
    runs = next(one for one in pdfs() if one.why == "script on opening")
    for data, name, code in ((runs.content, "匿名.pdf", "file.active"), (small, "匿名.png", "material.dpi")):
        Tus(build.leader(work)).patch(announced(work, data, name), 0, data)
        assert (code, f"copy-{original.pk}") in give(work)


@pytest.mark.parametrize(
    ("announced_at", "finished_at", "taken"),
    [(-SECOND, timedelta(minutes=10) - SECOND, True), (-SECOND, timedelta(minutes=10), False), (SECOND, SECOND, False)],
)
def test_grace_is_for_what_was_announced_in_time(work, announced_at, finished_at, taken):
    until, data = work.anonymous_until, good_files.png(label="匿名")
    purpose = work_files.purpose_of(work, "images", work.files.get())
    facts = {"size": len(data), "sha256": sha256(data), "limit": 10**7}
    upload = begin(owner=build.leader(work), purpose=purpose, name="匿名.png", **facts)
    Upload.objects.filter(pk=upload.pk).update(created_at=until + announced_at)
    clock.set_now(until + finished_at)
    with nullcontext() if taken else pytest.raises(NotAccepted, match="已过期限"):
        complete(append(upload, 0, BytesIO(data)), finished=work_files.attach)
    assert (work.files.count() == 2) is taken


def test_slot_of_one_copy_is_asked_again(work):
    original, client = work.files.get(), staff.signed_in(build.leader(work))
    slot = reverse("work_slot", args=[work.pk, "images"])
    assert "没有匿名版" in client.get(slot, {"copy": original.pk}).content.decode()
    assert client.get(slot, {"copy": original.pk + 1}).status_code == 404
