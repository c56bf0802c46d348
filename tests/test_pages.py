"""What holds for every page, portal and admin: Chinese, a strict policy, not stored, nothing typed comes alive."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from awards.models import AwardLine, Objection, Ruling
from core.accounts.models import User
from core.notices.models import Notice
from registrations.models import OfficerInvitation, Recommendation, RecommendationRow, Unit, UnitQuota
from registrations.services import recommending
from seasons.models import Dispute, ServiceRecord
from tests.registrations import staff
from tests.world import World, a_world, addresses

# What an attacker might type wherever text is taken (T1): with a broken escape it would become a tag.
CANARY = "<img src=x onerror=alert(1)>\"'{{7*7}}"
ALIVE = "<img src=x"

READERS = ("anonymous", "person", "officer", "contact", "organiser")
MAILS = {"dev_mail_html", "admin:notices_kind_html"}  # a mail in its frame brings its own looks; it may run nothing
FRAGMENTS = {"admin:search", "work_slot"}
CACHED = {"admin:jsi18n"}  # Django's words for dates, the same for everybody

# unfold's Alpine evaluates its attributes and sets styles; nowhere else is anything loosened.
ADMIN_LOOSENS = {("script-src", "'unsafe-eval'"), ("style-src", "'unsafe-inline'")}
MAIL_LOOSENS = {("style-src", "'unsafe-inline'")}

# Latin letters that Chinese pages have; whatever else is found is an English word left over.
LATIN = re.compile(r"[A-Za-z](?:[A-Za-z'’.-]*[A-Za-z-])?")
NOT_WORDS = re.compile(
    r"https?://\S+|[\w.*+-]+@[\w.-]+"  # addresses
    r"|\S*[/\\_=]\S*|\b[0-9a-f]{8,}\b|\b[A-Z]{1,2}\d+\b|\b\d+-[0-9A-F]{4}\b"  # paths, digests, ids of rules, 版本码
    r"|\b(?:[A-Z0-9]+-)?[A-Z]-\d+|会场码\s*[A-Z0-9]{4}\b"  # numbers of works, the code of a hall
    r"|\b[A-Z0-9]+-[A-Z0-9]+-\d{6}-[A-Z0-9]\b(?:\.pdf)?"  # numbers of certificates
    r"|<img"  # the canary, masked as a phone
)
ICON = re.compile(r"<(span|i)[^>]*material-symbols[^>]*>[^<]*</\1>")  # unfold's icon font spells icons as words
NAMES = (
    "AI AIGC ICP WCAG AA Chrome PDF JPG PNG Word Excel WPS xlsx xls csv toml UTF- SHA- GBK URL IP MB GB TB App Cookie"
    " JavaScript Tab WebP ZIP JSON RSS Markdown KB dpi Linux macOS Python CSV k i"
)
CODES = "GDAIKP png jpg data.json A B C N R esc guangdong- shixing sx txt worker"
KNOWN = set(f"{NAMES} {CODES}".split())


@dataclass
class Page:
    """What one reader was shown."""

    name: str
    html: str
    headers: Mapping[str, str]


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


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with a_world() as world:
        yield world


def poison(world: World) -> None:
    """Write the canary into every text that people type; add a draft, whose page is a form."""
    officer = world.people["officer"]
    form = Recommendation.objects.get(pk=world.objects["registrations_recommendation"].pk)
    draft = recommending.save_row(form, {"track": world.objects["tracks_track"]}, by=officer)
    world.arguments["draft"] = draft.pk
    RecommendationRow.objects.update(name=CANARY, organisation=CANARY, phone=CANARY, email=CANARY, review_note=CANARY)
    RecommendationRow.objects.filter(pk=draft.pk).update(team_name=CANARY)
    Unit.objects.filter(pk=world.arguments["unit"]).update(note=CANARY, team_name=CANARY)
    OfficerInvitation.objects.update(name=CANARY)
    UnitQuota.objects.filter(unit=world.arguments["unit"]).update(override_reason=CANARY)
    Notice.objects.update(name=CANARY, subject=CANARY, text=CANARY)
    typed = dict.fromkeys(("title", "place", "basis", "feedback", "review_note"), CANARY)
    ServiceRecord.objects.update(**typed, links=[CANARY], hashtags=[CANARY])
    Dispute.objects.update(words=CANARY, answer=CANARY)
    AwardLine.objects.update(name=CANARY, organisation=CANARY, title=CANARY)
    Objection.objects.update(words=CANARY, unit=CANARY, note=CANARY)
    Ruling.objects.update(reason=CANARY)
    User.objects.update(real_name=CANARY)


def read(world: World, reader: str) -> Iterator[Page]:
    """The pages that are answered with HTML."""
    paths = {name: world.path(name) for name in addresses()}
    paths["row_edit"] = reverse("row_edit", args=[world.arguments["draft"]])
    for name, path in paths.items():
        response = world.send(reader, "GET", path)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            yield Page(name, response.content.decode(), response.headers)


def wrong(pages: dict[str, list[Page]], judge: Callable[[Page], object]) -> dict[str, object]:
    """“reader: page” → what is wrong with it."""
    return {f"{reader}: {page.name}": said for reader, many in pages.items() for page in many if (said := judge(page))}


def loosened(policy: str) -> set[tuple[str, str]]:
    """(directive, what it lets through) for everything unsafe or from elsewhere."""
    directives = [part.split() for part in policy.split(";") if part.strip()]
    strict = {"'self'", "'none'", "data:", "allow-top-navigation-by-user-activation"}
    return {(name, source) for name, *sources in directives for source in sources if source not in strict}


def test_the_pages_that_matter_were_read(pages: dict[str, list[Page]]) -> None:
    clerk, contact = ({page.name for page in pages[reader]} for reader in ("officer", "contact"))
    assert {"recommendation", "row_new", "row_edit", "colleagues", "account", "officer_invitation"} - clerk == set()
    assert {"admin:index", "admin:registrations_recommendationrow_approve"} - contact == set()


def test_every_page_is_in_chinese(pages: dict[str, list[Page]]) -> None:
    def english(page: Page) -> set[str]:
        text = " ".join(Visible(page.html).text).replace(CANARY, "")
        return set(LATIN.findall(NOT_WORDS.sub(" ", text))) - KNOWN

    assert wrong(pages, english) == {}


def test_every_page_says_its_language_and_has_a_title(pages: dict[str, list[Page]]) -> None:
    proper = re.compile(
        r'<html[^>]*lang="zh-(?:CN|hans)".*<title>[^<]*[\u4e00-\u9fff][^<]*</title>', re.DOTALL | re.IGNORECASE
    )
    assert wrong(pages, lambda page: page.name not in MAILS | FRAGMENTS and not proper.search(page.html)) == {}


def test_every_page_has_a_strict_policy(pages: dict[str, list[Page]]) -> None:
    def loose(page: Page) -> set[tuple[str, str]]:
        admin = page.name.startswith(("admin:", "edition-", "cockpit", "staff_search", "open_data"))
        excused = MAIL_LOOSENS if page.name in MAILS else ADMIN_LOOSENS if admin else set()
        policy = page.headers.get("Content-Security-Policy", "nothing 'unsafe'")
        return loosened(policy) ^ excused

    assert wrong(pages, loose) == {}


def test_mails_run_nothing(pages: dict[str, list[Page]]) -> None:
    policies = {page.headers["Content-Security-Policy"] for page in pages["organiser"] if page.name in MAILS}
    assert [
        ("default-src 'none'" in policy, "sandbox" in policy, "allow-scripts" in policy) for policy in policies
    ] == [(True, True, False)]


def test_private_pages_are_not_stored(pages: dict[str, list[Page]]) -> None:
    def stored(page: Page) -> str:
        kept = page.headers.get("Cache-Control", "no Cache-Control")
        return "" if {"no-store", "private"} <= set(kept.split(", ")) or page.name in CACHED else kept

    assert wrong({reader: many for reader, many in pages.items() if reader != "anonymous"}, stored) == {}


def test_what_people_type_never_comes_alive(pages: dict[str, list[Page]]) -> None:
    shown = [page for many in pages.values() for page in many if "onerror=alert" in page.html]
    assert (len(shown) > 20, wrong(pages, lambda page: ALIVE in page.html)) == (True, {})


# --- The Host header --------------------------------------------------------------------------------------


def test_a_forged_host_never_gets_into_an_invitation(world: World, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = staff.signed_in(world.people["officer"])
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    client.post(world.path("colleagues"), {"email": "a@example.test"}, headers=forged)
    notice = Notice.objects.get(address="a@example.test")
    said = notice.subject + notice.text + notice.html
    assert ("evil" in said, f"{settings.SITE_URL}/invitations/" in said) == (False, True)


@pytest.mark.parametrize("name", ["home", "account_login", "admin:index", "healthz"])
def test_a_forged_host_is_refused(client: Client, name: str, db: None) -> None:
    assert client.get(reverse(name), headers={"host": "evil.example"}).status_code == 400
