"""The sidebar of the admin, and queues that are empty: whatever has pages is found, nothing leads in a circle."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from aisc_portal.admin_home import SIDEBAR
from tests.contest import load_guangdong
from tests.registrations import staff

ELSEWHERE = {"tracks.Category", "registrations.Likeness"}  # of a track, of a work: reached from their pages
PORTAL = re.compile(r'<c-(?!form-key)[a-z-]+|"registrations/_[a-z_]+\.html"')
QUEUES = (
    "registrations_recommendationrow",
    "registrations_entry",
    "registrations_work",
    "seasons_servicerecord",
)


def test_every_model_of_the_admin_is_on_the_menu() -> None:
    listed = {apps.get_model(label) for entries in SIDEBAR.values() for _, label in entries}
    missing = {f"{model._meta.app_label}.{model.__name__}" for model in set(admin.site._registry) - listed}
    assert missing == ELSEWHERE


@pytest.mark.django_db
@pytest.mark.parametrize("queue", QUEUES)
def test_an_empty_queue_leads_to_what_was_done(queue: str) -> None:
    """Its first filter is “待审”: to take filters away would show the same nothing again."""
    browser = staff.signed_in(staff.contact(load_guangdong(), "worker"))
    page = browser.get(reverse(f"admin:{queue}_changelist")).content.decode()
    assert ("待审的都办完了" in page, 'href="?state=all"' in page) == (True, True)


def test_the_admin_draws_none_of_the_portals_components() -> None:
    """Their styles are not there: an icon would fill the page."""
    rooms = [path for path in (settings.BASE_DIR / "templates").rglob("*.html") if "admin" in path.parts]
    wrong = {str(path): found for path in rooms if (found := PORTAL.findall(path.read_text()))}
    assert (len(rooms) > 50, wrong) == (True, {})
