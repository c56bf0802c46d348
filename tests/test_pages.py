"""What holds for every page, portal and admin: in Chinese, under a strict policy, not stored, nothing typed comes alive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.jobs.services import drain_all
from core.notices.models import Notice
from registrations.models import Recommendation, RecommendationRow, Unit
from tests.registrations import staff
from tests.world import World, a_world, addresses

# What an attacker might type wherever text is taken (T1): with a broken escape it would become a tag.
CANARY = "<img src=x onerror=alert(1)>\"'{{7*7}}"
LIVES = re.compile(r"<img src=x|\b49\b.{0,3}$")

READERS = ("anonymous", "person", "officer", "contact", "organiser")
MAILS = {"dev_mail_html", "admin:notices_kind_html"}  # a mail in its frame brings its own looks; it may run nothing
CACHED = {"admin:jsi18n"}  # Django's words for dates, the same for everybody

# Latin letters that Chinese pages have: names, formats, codes. Everything else is an English word left over.
LATIN = re.compile(r"[A-Za-z][A-Za-z'’.\-]*")
NOT_WORDS = re.compile(r"https?://\S+|[\w.*+-]+@[\w.-]+|\S*[/\\_=]\S*|\b[0-9a-f]{8,}\b|\b[A-Z]{1,2}\d+\b|[\w-]+\.(?:xlsx?|csv|toml|pdf|docx?)\b")
ICON = re.compile(r"<(span|i)[^>]*material-symbols[^>]*>[^<]*</\1>")  # unfold's icon font spells icons as words
KNOWN = set(
    """AI AIGC PDF Word Excel WPS Office xlsx xls csv toml UTF-8 GBK URL IP SHA SHA-256 A B C D E F G H I J K L M N O P Q R S T
    U V W X Y Z MB KB GB px CSS HTML WCAG AA Chrome Safari Edge Firefox NVDA VoiceOver MP4 JPG PNG PPT QR App ID ICP
    H.264 mp4 jpg png pdf docx pptx""".split()
)


@dataclass
class Page:
    name: str
    response: HttpResponse

    @property
    def html(self) -> str:
        return self.response.content.decode()


class Visible(HTMLParser):
    """The text that people see or hear: between the tags, and in labels and hints."""

    SILENT = {"script", "style", "template", "svg", "code", "pre"}
    SPOKEN = {"aria-label", "alt", "title", "placeholder"}

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.depth, self.text = 0, []
        self.feed(ICON.sub("", html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag in self.SILENT
        given = {name: value or "" for name, value in attrs}
        spoken = [given[name] for name in self.SPOKEN & given.keys()]
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            spoken.append(given.get("value", ""))
        self.text += [] if self.depth else spoken

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.text.append(data)


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> Iterator[dict[str, list[Page]]]:
    """Every page that each reader may open, read once; the row, unit and people are full of canaries."""
    with django_db_blocker.unblock(), transaction.atomic():
        with a_world() as world:
            poison(world)
            yield {reader: [*read(world, reader)] for reader in READERS}
        transaction.set_rollback(True)


def poison(world: World) -> None:
    RecommendationRow.objects.update(name=CANARY, organisation=CANARY, review_note=CANARY)
    Unit.objects.filter(pk=world.arguments["unit"]).update(note=CANARY, team_name=CANARY)
    for person in world.people.values():
        person.real_name = CANARY[:60]
        person.save()


def read(world: World, reader: str) -> Iterator[Page]:
    for name in addresses():
        response = world.send(reader, "GET", world.path(name))
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            response.render() if hasattr(response, "render") and not response.is_rendered else None
            yield Page(name, response)


def wrong(pages: dict[str, list[Page]], judge) -> dict[str, object]:
    return {f"{r}: {page.name}": said for r, many in pages.items() for page in many if (said := judge(page))}


def test_enough_pages_were_read(pages: dict[str, list[Page]]) -> None:
    assert {reader: len(many) >= least for (reader, many), least in zip(pages.items(), (19, 24, 26, 38, 80), strict=True)} == dict.fromkeys(READERS, True)


def test_every_page_is_in_chinese(pages: dict[str, list[Page]]) -> None:
    def english(page: Page) -> set[str]:
        text = " ".join(Visible(page.html).text).replace(CANARY, "").replace(CANARY[:60], "")
        return set(LATIN.findall(NOT_WORDS.sub(" ", text))) - KNOWN

    assert wrong(pages, english) == {}, print({k: v for k, v in wrong(pages, english).items()})


def test_every_page_has_a_strict_policy(pages: dict[str, list[Page]]) -> None:
    def loose(page: Page) -> str:
        policy = page.response.headers.get("Content-Security-Policy", "none")
        admin = page.name.startswith("admin") or page.name == "edition-upload"
        return policy
    assert wrong(pages, loose) == {}


def test_private_pages_are_not_stored(pages: dict[str, list[Page]]) -> None:
    def stored(page: Page) -> str:
        kept = page.response.headers.get("Cache-Control", "")
        return "" if "no-store" in kept and "private" in kept or page.name in CACHED else kept or "no Cache-Control"

    assert wrong({reader: many for reader, many in pages.items() if reader != "anonymous"}, stored) == {}


def test_what_people_type_never_becomes_markup(pages: dict[str, list[Page]]) -> None:
    assert wrong(pages, lambda page: "<img src=x" in page.html) == {}
