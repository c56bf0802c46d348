"""The sidebar of the admin: whatever has pages is found there."""

from django.apps import apps
from django.contrib import admin

from aisc_portal.admin_home import SIDEBAR

ELSEWHERE = {"tracks.Category", "registrations.Likeness"}  # of a track, of a work: reached from their pages


def test_every_model_of_the_admin_is_on_the_menu() -> None:
    listed = {apps.get_model(label) for entries in SIDEBAR.values() for _, label in entries}
    missing = {f"{model._meta.app_label}.{model.__name__}" for model in set(admin.site._registry) - listed}
    assert missing == ELSEWHERE
