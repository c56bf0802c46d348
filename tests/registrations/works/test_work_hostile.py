"""R14: whatever was brought, no role is shown it as it came; refused files are not opened at all."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from core.files.inspection.checking import check
from core.files.inspection.models import FileCheck
from core.states import move
from registrations.work_models import Work
from tests.contest import load_guangdong
from tests.core import good_files
from tests.core.hostile_files import SCRIPT, hostile_files
from tests.registrations import staff
from tests.registrations.entries import build as entries

from . import build

pytestmark = pytest.mark.django_db
EVERY = 12  # of the corpus, which core's own tests inspect whole


@pytest.fixture
def work(db):
    edition = load_guangdong()
    staff.contact(edition, "worker")
    return build.submitted(build.accepted(edition))


def readers(work: Work):
    """A browser of everybody who may see the work."""
    contact = work.entry.track.contacts.get().user
    return [staff.signed_in(user) for user in (build.leader(work), contact, staff.organiser())]


def test_refused_files_are_opened_to_nobody(work):
    files = [build.brought(work, one.name, one.content) for one in hostile_files()[::EVERY]]
    for file in files:
        check(file.file)
    assert set(FileCheck.objects.filter(file__work_files__in=files).values_list("state", flat=True)) == {"refused"}
    for client in readers(work):
        assert {client.get(reverse("work_file", args=[file.pk])).status_code for file in files} == {404}


def test_page_and_review_show_nothing_of_them(work):
    for one in hostile_files()[::EVERY]:
        check(build.brought(work, one.name, one.content).file)
    pages = [reverse("work_version", args=[work.pk, 1]), reverse("admin:registrations_work_change", args=[work.pk])]
    for client, page in zip(readers(work), [pages[0], pages[1], pages[1]], strict=True):
        assert SCRIPT not in client.get(page).content.decode()


def test_even_one_that_slipped_through_is_only_downloaded(work):
    """Were a check wrong, the browser would still be told to keep it and run nothing."""
    page = f"<svg xmlns='http://www.w3.org/2000/svg'><script>{SCRIPT}</script></svg>".encode()
    file = build.brought(work, "作品.svg", page)
    move(FileCheck.objects.create(file=file.file), "pass", facts=None)
    for client in readers(work):
        answer = client.get(reverse("work_file", args=[file.pk]))
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["Content-Type"] == "application/octet-stream"


def test_file_in_quarantine_is_not_opened(work):
    file = build.brought(work, "新.png", good_files.png(label="新"))
    assert {client.get(reverse("work_file", args=[file.pk])).status_code for client in readers(work)} == {404}


def test_another_participants_file_is_not_there(work):
    edition = work.edition
    other = build.submitted(build.accepted(edition, entries.person("胡燕", "13800138022")))
    client = staff.signed_in(build.leader(other))
    assert client.get(reverse("work_file", args=[work.files.get().pk])).status_code == 404
    assert client.get(reverse("work", args=[work.pk])).status_code == 404


def test_contact_downloads_under_the_name_of_the_export_and_is_noted(work):
    _, client, _ = readers(work)
    answer = client.get(reverse("work_file", args=[work.files.get().pk]))
    assert b"".join(answer.streaming_content) == good_files.png()
    assert "A-科普工作者-广东-龙岗区实验学校-祝宇-潮间带的一天-图片1.png" in unquote(answer["Content-Disposition"])
    assert [(look.how, look.by.email) for look in work.looks.all()] == [("download", "worker@example.test")]
