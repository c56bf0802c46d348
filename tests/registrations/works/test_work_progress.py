"""While previews are being made, everybody who waits for them reads how far they are, and the page asks again."""

import pytest
from django.urls import reverse

from core.files.derived.making import derive
from core.files.models import Derivation
from core.states import move
from tests.contest import load_guangdong
from tests.core import good_files
from tests.registrations import staff

from . import build

pytestmark = pytest.mark.django_db
SAID = "正在生成预览：已完成 12/40"


@pytest.fixture
def film(settings, tmp_path):
    """A film that was handed in, and a browser with page of each who reads it: before, and on each page."""
    settings.MEDIA_ROOT = tmp_path
    edition = load_guangdong()
    contact = staff.contact(edition, "worker")
    work = build.filled(build.accepted(edition))
    file = build.put(work, good_files.film(), "成片.mp4", "video")
    build.submit(work)
    person = staff.signed_in(build.leader(work))
    pages = [
        (person, reverse("work", args=[work.pk])),
        (person, reverse("work_slot", args=[work.pk, "video"])),
        (person, reverse("work_version", args=[work.pk, 1])),
        (staff.signed_in(contact), reverse("admin:registrations_work_change", args=[work.pk])),
    ]
    return file, lambda: [client.get(page).content.decode() for client, page in pages]


def test_pages_say_how_far_it_is_and_look_again(film):
    file, read = film
    move(Derivation.objects.create(original=file.file), "begin", done=12, total=40)
    for page in read():
        assert SAID in page
        assert "data-fresh" in page or "data-checking" in page


def test_pages_rest_when_all_is_made(film):
    file, read = film
    for one in file.work.files.all():
        derive(one.file)
    for page in read():
        assert ("正在生成预览" in page, "data-fresh" in page, "data-checking" in page) == (False, False, False)
    assert all("<video" in page for page in read()[2:])
