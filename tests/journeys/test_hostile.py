"""R14 in a browser: hostile files of every family, opened by everybody who may see the work; nothing of them runs.

The checks refuse them all. Some are let through by force, as originals and as what the page would show of them, so
that the serving itself is proved; the last test shows that the same bytes would run were they served as they came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Dialog, Error, Page, Response

from core.accounts.models import User
from core.files.derived.models import Derived
from core.files.inspection.checking import check
from core.files.inspection.found import Found
from core.files.inspection.models import FileCheck
from core.states import move
from registrations.models import RecommendationRow
from registrations.services import works
from registrations.work_models import Work, WorkFile
from tests.core import hostile_files as corpus
from tests.core.hostile_kinds import Hostile, archives, films, pictures
from tests.journeys.conftest import PATIENCE, enters
from tests.registrations import staff
from tests.registrations.hostile_papers import as_evidence, as_scans
from tests.registrations.works import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FAMILIES = (
    corpus.markup, corpus.disguised, corpus.polyglots, corpus.documents, corpus.pdfs, archives, pictures, films,
    corpus.texts, corpus.programs,
)  # fmt: skip
TAG = corpus.PAYLOADS[2]  # runs wherever it is not escaped
TITLE = "<svg onload=window.__hostile=1>"  # a title has 60 characters
ACTIVE = ("text/html", "text/xml", "text/css", "text/javascript", "image/svg", "application/x")
FORCED = {"markup", "svg", "markup as text", "signature in front of a page", "page behind", "page in a comment"}
FORCED |= {"script on opening", "script in a link", "pdf and page behind", "page far in"}
SHOWN_AS = ("picture", "text", "video", "page")
FILES = ("/work-files/", "/evidence/", "/scans/")  # addresses that answer with bytes from outside


def one_of_each() -> list[Hostile]:
    """The first of every family, a page under each ending, and a name that is markup itself."""
    first = [next(iter(family())) for family in FAMILIES]
    return [*first, *list(corpus.disguised())[1:64:16], Hostile(f"{TAG.replace('/', '')}.png", b"<html>", "name")]


def forced() -> list[Hostile]:
    """One of each trick that a browser could fall for."""
    tricks: dict[tuple[str, str], Hostile] = {}
    for each in chain(corpus.markup(), corpus.disguised(), corpus.polyglots(), corpus.pdfs(), corpus.texts()):
        if each.why in FORCED:
            tricks.setdefault((each.why, each.name.rpartition(".")[2]), each)
    return list(tricks.values())


def harmless(said: Mapping[str, str]) -> bool:
    """By its headers an answer is a download or in a sandbox, of a type that does not run and is not guessed."""
    kept = said.get("content-disposition", "").startswith("attachment")
    kept |= said.get("content-security-policy", "").startswith("sandbox")
    return kept and said.get("x-content-type-options") == "nosniff" and not said["content-type"].startswith(ACTIVE)


@dataclass
class Watch:
    """What a browser did that it should not."""

    page: Page
    server: str
    asked: str = ""
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self.dialog)
        self.page.on("response", self.response)
        self.page.context.on("page", lambda opened: self.found.append(f"{self.asked}: a window, {opened.url}"))

    def dialog(self, dialog: Dialog) -> None:
        self.found.append(f"{self.asked}: a dialog")
        dialog.dismiss()

    def response(self, answer: Response) -> None:
        """What comes of a file is a download or in a sandbox, and never of a type that runs."""
        if not any(part in answer.url for part in FILES) or answer.status >= 300:
            return
        if not answer.headers:  # a download: the browser has no document, and keeps no headers
            return
        if not harmless(answer.headers):
            self.found.append(f"{answer.url}: {answer.headers}")

    def open(self, path: str) -> int:
        """Go there, give scripts their chance, and look at every frame. Returns the answer's status."""
        self.asked = path
        try:
            answer = self.page.goto(self.server + path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            return 200
        self.page.keyboard.press("Tab")
        if self.page.url != self.server + path:
            self.found.append(f"{path}: went to {self.page.url}")
        for frame in self.page.frames:
            if frame.evaluate("window.__hostile || document.title === 'hostile'"):
                self.found.append(f"{path}: ran in {frame.url}")
        return answer.status if answer else 0


@pytest.fixture
def watch(page: Page, live_server) -> Watch:
    page.set_default_timeout(PATIENCE)
    return Watch(page, live_server.url)


@pytest.fixture
def work(contest, settings, tmp_path) -> Work:
    """Handed in, with markup in every text."""
    settings.MEDIA_ROOT = tmp_path / "files"
    staff.contact(contest, "worker")
    found = build.filled(build.accepted(contest))
    works.save_work(found, {"title": TITLE, "description": build.TEXTS["description"] + TAG}, by=build.leader(found))
    build.submit(found)
    return build.fresh(found)


@pytest.fixture
def row(contest, settings, tmp_path) -> RecommendationRow:
    """Submitted, while that was open."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return staff.submitted(contest, 1)[0]


def readers(work: Work) -> Iterator[tuple[User, list[str]]]:
    """Everybody who may see it, each with the pages on which they do."""
    review = reverse("admin:registrations_work_change", args=[work.pk])
    yield build.leader(work), [reverse("work", args=[work.pk]), reverse("work_version", args=[work.pk, 1])]
    yield work.entry.track.contacts.get().user, [review]
    yield staff.organiser(), [review]


def uploaded(work: Work) -> list[WorkFile]:
    """By the page's own form, and checked."""
    browser = staff.signed_in(build.leader(work))
    for one in one_of_each():
        work.files.update(removed_at=work.begun_at)  # only so many fit
        sent = SimpleUploadedFile(one.name, one.content, "text/html")
        browser.post(reverse("work_file_add", args=[work.pk, "images"]), {"file": sent})
    files = list(work.files.exclude(file__original_name="作品.png").select_related("file"))
    for file in files:
        check(file.file)
    work.files.update(removed_at=None)
    return files


def let_through(work: Work) -> list[str]:
    """Files that no check looked at, in the work and as its previews; the addresses of both."""
    paths = []
    for number, one in enumerate(forced()):
        file = build.brought(work, one.name, one.content)
        facts = Found(kind=file.file.kind, size=file.file.size, text=corpus.SCRIPT, metadata={"Title": TAG})
        move(FileCheck.objects.create(file=file.file), "pass", facts=facts.stored())
        shown = build.kept(one.content, one.name, build.leader(work))
        kind = SHOWN_AS[number % len(SHOWN_AS)]
        preview = Derived.objects.create(original=file.file, kind=kind, stored=shown)
        paths += [reverse("work_file", args=[file.pk]), reverse("work_preview", args=[file.pk, preview.pk])]
    return paths


def test_uploaded_files_are_refused_and_run_nowhere(watch: Watch, work: Work) -> None:
    files = uploaded(work)
    assert len(files) > 12
    assert set(FileCheck.objects.filter(file__work_files__in=files).values_list("state", flat=True)) == {"refused"}
    for user, pages in readers(work):
        enters(watch.page, watch.server, user)
        assert {watch.open(page) for page in pages} == {200}
        for file in files[::5]:
            assert watch.open(reverse("work_file", args=[file.pk])) == 404
    assert "\n".join(watch.found) == ""


def test_files_that_slipped_through_run_nowhere(watch: Watch, work: Work) -> None:
    paths = let_through(work)
    assert len(paths) > 20
    for user, pages in readers(work):
        browser = staff.signed_in(user)
        for path in paths:
            assert harmless({name.lower(): said for name, said in browser.get(path).headers.items()}), path
        enters(watch.page, watch.server, user)
        assert {watch.open(path) for path in (*pages, *paths)} == {200}
    assert "\n".join(watch.found) == ""


def test_evidence_and_scans_that_slipped_through_run_nowhere(watch: Watch, row: RecommendationRow, work: Work) -> None:
    officer = row.recommendation.unit.officers.get().user
    evidence, scans = as_evidence(work.entry, forced()), as_scans(row.recommendation, forced(), by=officer)
    contact = work.entry.track.contacts.get().user
    entry = reverse("admin:registrations_entry_change", args=[work.entry_id])
    review = reverse("admin:registrations_recommendationrow_change", args=[row.pk])
    for user, paths in (
        (build.leader(work), [reverse("entry_eligibility", args=[work.entry_id]), *evidence]),
        (officer, [reverse("stamp", args=[row.recommendation.unit_id]), *scans]),
        (contact, [entry, review, *evidence, *scans]),
        (staff.organiser(), [entry, review, *evidence[:4], *scans[:4]]),
    ):
        enters(watch.page, watch.server, user)
        assert {watch.open(path) for path in paths} == {200}
    assert "\n".join(watch.found) == ""


def test_the_same_bytes_would_run_as_they_came(watch: Watch, contest) -> None:
    """The trap works: a server that says what the file claims to be is caught."""
    one = next(each for each in corpus.markup() if each.name == "作品.html")
    path = "/work-files/1/"
    said = {"Content-Disposition": "inline", "Content-Security-Policy": "", "X-Content-Type-Options": ""}
    watch.page.route(f"**{path}", lambda route: route.fulfill(body=one.content, content_type="text/html", headers=said))
    watch.open(path)
    assert [line.partition(": ")[2][:3] for line in watch.found][-1:] == ["ran"]
