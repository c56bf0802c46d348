"""Every page of the admin opens, in Chinese, under its own policy."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.urls import reverse

from registrations.models import Unit
from registrations.services.units import invite_officer
from tests.registrations.staff import SHIXING, contact, contest, organiser, signed_in, submitted

pytestmark = pytest.mark.django_db

OURS = {"registrations", "accounts", "jobs", "notices", "tracks", "admin"}
QUIET = {"script", "style", "title", "pre"}  # pre: an edition file, whose keys are English
# Words that are meant: file kinds, examples, mailboxes and codes of our own data.
MEANT = {
    "xlsx",
    "shixing",
    "example",
    "test",
    "organiser",
    "officer",
    "worker",
    "youth",
    "university",
}
MEANT |= {"guangdong", "https", "http", "sina", "shenzhen", "shao", "guan", "guang", "dong", "sheng"}


class Text(HTMLParser):
    """The words of a page that are read, without scripts and the names of icons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.muted: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        icon = "material-symbols" in (dict(attrs).get("class") or "")
        if tag not in {"input", "br", "img", "link", "meta", "hr"} and (self.muted or tag in QUIET or icon):
            self.muted.append(tag)

    def handle_endtag(self, tag):
        if self.muted:
            self.muted.pop()

    def handle_data(self, data):
        if not self.muted:
            self.words += re.findall(r"(?<![\w@./])[A-Za-z]{4,}(?![\w@./:])", data)


def pages() -> list[str]:
    """The list, the form and one detail of every model, and the pages around them."""
    found = [
        reverse("admin:index"),
        reverse("admin:registrations_unit_import_page"),
        reverse("admin:registrations_unit_invite_page"),
    ]
    for model in admin.site._registry:
        opts = model._meta
        if opts.app_label in OURS:
            name = f"admin:{opts.app_label}_{opts.model_name}"
            found.append(reverse(f"{name}_changelist"))
            if first := model._default_manager.first():
                found.append(reverse(f"{name}_change", args=[first.pk]))
    return [*found, *(reverse(f"admin:registrations_{name}_add") for name in ("unit", "region"))]


@pytest.fixture
def edition():
    edition = contest()
    submitted(edition, 2)
    invite_officer(Unit.objects.get(full_name="韶关市科学技术协会"), by=None, email="clerk@example.test")
    return edition


def test_every_page_opens_in_chinese(edition):
    desk, found = signed_in(organiser()), {}
    for url in pages():
        answer = desk.get(url)
        english = sorted(set(Text(answer.content.decode()).words) - MEANT)
        if answer.status_code != 200 or english:
            found[url] = (answer.status_code, english)
    assert found == {}


def test_contacts_pages_are_chinese_too(edition):
    desk = signed_in(contact(edition, "worker"))
    row = reverse("admin:registrations_recommendationrow_changelist")
    unit = reverse("admin:registrations_unit_change", args=[Unit.objects.get(full_name=SHIXING).pk])
    for url in (reverse("admin:index"), row, unit, reverse("admin:registrations_recommendation_changelist")):
        answer = desk.get(url)
        assert (answer.status_code, sorted(set(Text(answer.content.decode()).words) - MEANT)) == (200, [])


def test_only_the_admin_may_evaluate(edition, client):
    policies = [client.get(url).headers["Content-Security-Policy"] for url in (reverse("home"), reverse("admin:index"))]
    assert ["unsafe" in policy for policy in policies] == [False, True]
