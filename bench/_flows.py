"""What a participant's browser does, step by step, whoever carries it out (`_http`, or Django's test client).

A flow is a generator: it yields what the browser asks for, gets the page that came back, and finds in its form what to
send next, as a browser would: CSRF token, form key and all.
"""

import html
import re
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

# What only begins, ends or nests a transaction, with the words that pghistory puts before it.
CONTROL = re.compile(
    r"(?:SELECT set_config\('pghistory.*?, true\); )?(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.DOTALL
)
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TAG = re.compile(r"<[^>]+>")
PASSWORD = "kepu-bench-2024"
TYPE = "application/x-www-form-urlencoded"


class Unexpected(Exception):
    """An answer that a person would have called an error."""


@dataclass(frozen=True)
class Ask:
    """A request; with `data` a POST."""

    path: str
    data: list[tuple[str, str]] | None = None

    @property
    def body(self) -> bytes:
        """What a POST sends."""
        return urlencode(self.data or []).encode()


@dataclass(frozen=True)
class Page:
    """An answer. location: path and query that a redirect names, else empty."""

    status: int
    text: str
    location: str = ""

    def form(self, **typed: str | Iterable[str]) -> list[tuple[str, str]]:
        """The hidden fields of the form that has these inputs, and what is typed into them. Raises Unexpected."""
        for form in FORM.findall(self.text):
            if all(f'name="{name}"' in form for name in typed):
                fields = [(name, html.unescape(value)) for name, value in HIDDEN.findall(form)]
                for name, value in typed.items():
                    fields += [(name, value)] if isinstance(value, str) else [(name, one) for one in value]
                return fields
        raise Unexpected(f"no form with {', '.join(typed)}: {self.said}")

    @property
    def said(self) -> str:
        """The page's words, for a failure's message."""
        return f"{self.status} {self.location} {' '.join(TAG.sub(' ', self.text).split())[:800]}"


Flow = Generator[Ask, Page, Any]


def path_of(location: str) -> str:
    """Path and query of a redirect's target."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def moved(page: Page) -> Page:
    """The answer to a form that was accepted. Raises Unexpected."""
    if page.status != 302:
        raise Unexpected(page.said)
    return page


def follow(page: Page) -> Flow:
    """Go where redirects lead; the page at the end. Raises Unexpected."""
    while page.status == 302:
        page = yield Ask(page.location)
    if page.status != 200:
        raise Unexpected(page.said)
    return page


def look(path: str) -> Flow:
    """Open a page."""
    return (yield from follow((yield Ask(path))))


def sign_up_and_enter(mailbox: str, name: str, code: Callable[[str], str]) -> Flow:
    """From the sign-up page to an entered open registration; the entry's path.

    code: what was mailed to an address.
    """
    page = yield from look("/accounts/signup/?next=/enter/")
    page = yield Ask("/accounts/signup/", page.form(real_name=name, contact=mailbox, password1=PASSWORD))
    page = yield from follow(moved(page))
    page = yield Ask("/accounts/confirm-email/", page.form(code=code(mailbox)))
    page = yield from follow(moved(page))
    own = {"track": "worker", "kind": "individual", "name": name, "organisation": "龙岗区实验学校"}
    page = yield Ask("/enter/", page.form(**own, categories=["A"]))
    entry = moved(page).location
    yield from follow(page)
    page = yield from look(f"{entry}eligibility/")
    page = yield Ask(f"{entry}eligibility/", page.form(**EVIDENCE))
    yield from follow(moved(page))
    yield from submit(entry)
    return entry


def submit(entry: str) -> Flow:
    """Open the last page of an entry, tick, press, and read the receipt."""
    page = yield from look(f"{entry}submit/")
    page = yield Ask(f"{entry}submit/", page.form(**TICKED))
    return (yield from follow(moved(page)))


CONDITION = "social_organisation"
PROOF = "https://example.test/proof"
TICKED = {"consent_privacy": "on", "consent_originality": "on"}
EVIDENCE = {f"{CONDITION}-claimed": "on", f"{CONDITION}-link": PROOF}


def asked(queries: Iterable[dict[str, str]]) -> list[str]:
    """The statements among captured ones that ask or tell the database something."""
    return [query["sql"] for query in queries if not CONTROL.match(query["sql"])]


def walk(flow: Flow, client: Client) -> list[tuple[Ask, float]]:
    """Do a flow with Django's test client: each request and the milliseconds it took."""
    taken: list[tuple[Ask, float]] = []
    ask = next(flow)
    while True:
        began = time.perf_counter()
        answer = client.get(ask.path) if ask.data is None else client.post(ask.path, ask.body, content_type=TYPE)
        taken.append((ask, (time.perf_counter() - began) * 1000))
        try:
            ask = flow.send(Page(answer.status_code, answer.content.decode(), path_of(answer.get("Location", ""))))
        except StopIteration:
            return taken
