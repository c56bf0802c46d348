"""Whoever waits for a film's preview sees how far it is, and then the film, without doing anything."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.files.derived.making import derive
from core.files.models import Derivation
from core.states import move
from tests.core import good_files
from tests.journeys.conftest import PATIENCE, enters
from tests.registrations import staff
from tests.registrations.works import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_preview_appears_by_itself(page: Page, live_server, contest, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    contact = staff.contact(contest, "worker")
    work = build.filled(build.accepted(contest))
    file = build.put(work, good_files.film(10), "成片.mp4", "video")
    build.submit(work)
    making = Derivation.objects.create(original=file.file)
    move(making, "begin", done=12, total=40)
    page.set_default_timeout(PATIENCE)
    contacts = page.context.browser.new_context(locale="zh-CN").new_page()
    for one, user, path in (
        (page, build.leader(work), reverse("work_version", args=[work.pk, 1])),
        (contacts, contact, reverse("admin:registrations_work_change", args=[work.pk])),
    ):
        enters(one, live_server.url, user)
        one.goto(live_server.url + path)
        expect(one.get_by_text("正在生成预览：已完成 12/40")).to_be_visible()
    Derivation.objects.filter(pk=making.pk).update(done=30)
    for one in (page, contacts):
        expect(one.get_by_text("正在生成预览：已完成 30/40")).to_be_visible()
    derive(file.file)
    for one in (page, contacts):
        expect(one.locator("video")).to_be_visible()
    contacts.context.close()
