"""The pages of works: what they ask of the database, and forms that come back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from registrations.services import work_verdicts
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import Work
from tests.contest import load_guangdong
from tests.core import good_files
from tests.core.uploading.build import Tus, codes, files, files_no_longer_than
from tests.registrations import staff
from tests.registrations.entries import build as entries
from tracks.wording import end

from . import build

pytestmark = pytest.mark.django_db


def queries(client, url: str) -> int:
    """How many a page asks; its first answer fills the caches."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_work_page_asks_the_same_of_one_and_of_three_files():
    work = build.submitted(build.accepted(load_guangdong()))
    client, url = staff.signed_in(build.leader(work)), reverse("work", args=[work.pk])
    one = queries(client, url)
    for number in range(2):
        build.put(work, good_files.png(label=str(number)), f"{number}.png")
    assert queries(client, url) == one


def test_queue_asks_the_same_of_one_and_of_three_works():
    edition = load_guangdong()
    client = staff.signed_in(staff.contact(edition, "worker"))
    counts = []
    for number, name in enumerate(("祝宇", "胡燕", "王芳")):
        build.submitted(build.accepted(edition, entries.person(name, f"1380013803{number}")))
        counts.append(queries(client, reverse("admin:registrations_work_changelist")))
    assert counts[0] == counts[2]


def test_a_returned_work_names_its_own_date_while_it_is_ahead():
    edition = load_guangdong()
    work = build.submitted(build.accepted(edition))
    contact = staff.contact(edition, "worker")
    work_verdicts.return_work(work, reason="有校名", seen=work_verdicts.mark(work), by=contact)
    work, client = build.fresh(work), staff.signed_in(build.leader(work))
    own, closes = end(work.correct_until), end(build.CLOSES)
    for url in (reverse("work", args=[work.pk]), reverse("entry", args=[work.entry_id])):
        page = client.get(url).content.decode()
        assert (f"{own}</time>" in page or f"在 {own} 前" in page, f"在 {closes} 前" in page) == (True, False)
    clock.set_now(work.correct_until)
    assert f"{own} 的补正时间已过" in client.get(reverse("work", args=[work.pk])).content.decode()


def test_a_draft_is_opened_by_its_number_and_not_read():
    edition = load_guangdong()
    work = build.filled(build.accepted(edition))
    client = staff.signed_in(staff.contact(edition, "worker"))
    unlock = reverse("admin:registrations_work_unlock", args=[work.pk])
    found = client.get(reverse("staff_search"), {"q": work.number}).content.decode()
    assert (unlock in found, work.title in found) == (True, False)
    clock.set_now(build.CLOSES)
    assert work.title not in client.get(unlock).content.decode()
    assert client.post(unlock, {"until": f"{build.CLOSES:%Y-%m-%d}", "reason": "来电"}).status_code == 302
    assert not WorkDossier(build.fresh(work)).closed
    other = staff.signed_in(staff.contact(edition, "youth"))
    assert other.get(unlock).status_code == 404


def test_autosave_keeps_one_field_and_says_what_is_wrong():
    work = build.begun(build.accepted(load_guangdong()))
    client = staff.signed_in(build.leader(work))
    answer = client.post(reverse("work_keep", args=[work.pk]), {"title": "短", "ai_used": "yes"})
    work.refresh_from_db()
    assert (work.fields, work.ai_used) == ({"title": "短"}, True)
    assert [problem["field"] for problem in answer.json()["problems"]] == ["title"]


def test_plain_form_brings_a_small_file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    work = build.begun(build.accepted(load_guangdong()))
    client = staff.signed_in(build.leader(work))
    sent = SimpleUploadedFile("图.png", good_files.png(), "text/html")
    answer = client.post(reverse("work_file_add", args=[work.pk, "images"]), {"file": sent})
    assert (answer.url, str(work.files.get())) == (reverse("work", args=[work.pk]) + "#images", "图.png")


def test_plain_form_says_that_the_storage_is_full_and_the_draft_stays(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    work = build.filled(build.accepted(load_guangdong()))
    client, before = staff.signed_in(build.leader(work)), WorkDossier(work).content.digest
    sent, add = good_files.png(200, 200, label="新"), reverse("work_file_add", args=[work.pk, "images"])
    with files_no_longer_than(len(sent) // 2):
        full = client.post(add, {"file": SimpleUploadedFile("新.png", sent)}, follow=True)
    assert "存储空间满了，这个文件没有收下。请告诉组委会" in full.content.decode()
    assert (WorkDossier(build.fresh(work)).content.digest, len(files())) == (before, 1)
    client.post(add, {"file": SimpleUploadedFile("新.png", sent)})
    assert [str(file) for file in work.files.order_by("pk")] == ["作品.png", "新.png"]


def test_upload_says_that_the_storage_is_full_and_goes_on_later(settings, tmp_path):
    """Answer 507 with a sentence for the row of the file; text, other files and what has come of this one stay."""
    settings.MEDIA_ROOT = tmp_path
    work = build.filled(build.accepted(load_guangdong()))
    tus, sent = Tus(build.leader(work)), good_files.png(200, 200, label="新")
    upload = tus.post(sent, "新.png", reverse("work_uploads", args=[work.pk, "images"]))["Location"]
    tus.patch(upload, 0, sent[:100])
    with files_no_longer_than(len(sent) // 2):
        full = tus.patch(upload, 100, sent[100:])
    assert (full.status_code, codes(full), tus.ask("HEAD", upload)["Upload-Offset"]) == (
        507, ["upload.storage_full"], "100",
    )  # fmt: skip
    assert "存储空间满了" in full.json()["problems"][0]["message"]
    assert WorkDossier(build.fresh(work)).content.digest == WorkDossier(work).content.digest
    assert tus.patch(upload, 100, sent[100:]).status_code == 204
    assert work.files.count() == 2


@pytest.mark.parametrize(("over", "status"), [(0, 201), (1, 413)])
def test_page_uploader_and_rule_count_a_megabyte_alike(over, status):
    work = build.begun(build.accepted(load_guangdong()))
    tus, page = Tus(build.leader(work)), reverse("work", args=[work.pk])
    answer = tus.post(b"x", "图.png", reverse("work_uploads", args=[work.pk, "images"]), Upload_Length=10**7 + over)
    assert (answer.status_code, "单个文件不超过 10 MB" in tus.client.get(page).content.decode()) == (status, True)
    assert not over or "文件超过 10 MB" in answer.json()["problems"][0]["message"]


def test_two_tabs_hand_in_once():
    work = build.filled(build.accepted(load_guangdong()))
    client, url = staff.signed_in(build.leader(work)), reverse("work_submit", args=[work.pk])
    seen = WorkDossier(work).content.digest
    answers = [client.post(url, {"seen": seen}).status_code for _ in range(2)]
    assert (answers, Work.objects.get().versions.count()) == ([302, 422], 1)


def test_officer_sees_that_it_was_handed_in_and_no_more():
    work = build.submitted(build.accepted(load_guangdong()))
    officer = entries.person("经办", "13800138055")
    assert not Work.objects.visible_to(officer).exists()
    assert staff.signed_in(officer).get(reverse("work", args=[work.pk])).status_code == 404
