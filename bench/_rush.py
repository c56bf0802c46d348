"""The last minute before a window closes (R5): 500 people save and submit; what each was told, and what is kept."""

import asyncio
import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse

from bench._flows import CONDITION, PROOF, Ask, Flow, Page, Unexpected, follow, look, submit
from bench._http import Browser
from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from registrations.entry_models import Entry
from registrations.services import eligibility, entering
from tracks.models import Edition

LAST = int(os.environ.get("BENCH_LAST", "60"))  # seconds before the bound in which everybody comes, the more the later
CLOSED = "自主报名已截止。填好的内容都还在"  # the deadline's own refusal
NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
SEED = 5


@dataclass
class Person:
    """Somebody with a draft that lacks nothing, signed in, and what came of it."""

    number: int
    name: str
    user: int
    entry: int
    cookies: dict[str, str]
    saved: str = ""  # the organisation that the portal said it had saved
    entered: bool = False  # the portal said so
    refused: bool = False  # by the deadline
    errors: list[str] = field(default_factory=list)

    @property
    def organisation(self) -> str:
        """What is typed in the last minute; nobody else's."""
        return f"龙岗区第{self.number}实验学校"

    @property
    def typed(self) -> dict[str, str]:
        """The entry's form, but for the category."""
        own = {"track": "worker", "kind": "individual"}
        return own | {"name": self.name, "organisation": self.organisation}

    def page(self, name: str) -> str:
        """One of the entry's pages."""
        return reverse(name, args=[self.entry])


def people(edition: Edition, count: int, label: str) -> list[Person]:
    """Drafts, made through the services while the window is open."""
    return [_person(edition, number, label) for number in range(count)]


def _person(edition: Edition, number: int, label: str) -> Person:
    name = f"{NAMES[number % 20]}{NAMES[number // 20 % 20]}{NAMES[number // 400 % 20]}"
    user = User.objects.create_user(name, email=f"{label}{number}@example.test")
    values = {"track": edition.tracks.get(code="worker"), "kind": "individual", "categories": ["A"], "name": name}
    entry = entering.open_entry(edition, values | {"organisation": "龙岗区实验学校"}, by=user)
    eligibility.save_claim(entry, CONDITION, {"link": PROOF}, by=user)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return Person(number, name, user.pk, entry.pk, cookies)


def bound(edition: Edition) -> datetime:
    """The first moment at which nobody enters any more. Raises Unexpected for an edition without one."""
    closes = edition.window("register").closes
    if closes is None:
        raise Unexpected("the register window has no end")
    return closes


# --- The minute ----------------------------------------------------------------------------------------------


async def last_minute(port: int, crowd: list[Person], edition: Edition) -> list[Browser]:
    """Everybody has the form open; then contest time comes to the bound, and passes it."""
    chance = random.Random(SEED)
    browsers = [Browser(port, cookies=person.cookies) for person in crowd]
    forms = await opened(browsers, crowd)
    await asyncio.to_thread(clock.set_now, bound(edition) - timedelta(seconds=LAST))
    acts = [
        one_by_one(browser, person, form, LAST * chance.random() ** 0.5)
        for browser, person, form in zip(browsers, crowd, forms, strict=True)
    ]
    await asyncio.gather(*acts)
    return browsers


async def opened(browsers: list[Browser], crowd: list[Person], name: str = "entry_edit") -> list[Page]:
    """Each one's form, 16 at a time."""
    few = asyncio.Semaphore(16)

    async def one(browser: Browser, person: Person) -> Page:
        async with few:
            page: Page = await browser.do(look(person.page(name)))
        return page

    return await asyncio.gather(*map(one, browsers, crowd))


async def one_by_one(browser: Browser, person: Person, form: Page, after: float = 0) -> None:
    """One person: save, then submit."""
    await asyncio.sleep(after)
    try:
        await browser.do(saving_and_submitting(person, form))
    except (Unexpected, OSError, TimeoutError, EOFError) as error:
        person.errors.append(f"{type(error).__name__}: {error}")
    finally:
        browser.close()


def saving_and_submitting(person: Person, form: Page) -> Flow:
    """Change the organisation, look where the entry stands, open the last page, submit."""
    page = yield Ask(person.page("entry_edit"), form.form(**person.typed, categories=["A"]))
    if refused(page):
        person.refused = True
        return
    yield from follow(page)
    person.saved = person.organisation
    page = yield from submitting(person)
    person.refused = refused(page)
    person.entered = not person.refused


def submitting(person: Person) -> Flow:
    """As `submit`; the page of a refusal instead of the receipt when the deadline has passed."""
    flow = submit(person.page("entry"))
    ask = next(flow)
    while True:
        page = yield ask
        if refused(page):
            return page
        try:
            ask = flow.send(page)
        except StopIteration as end:
            return end.value


def refused(page: Page) -> bool:
    """The deadline has passed: said to a form that was sent, or on the page where it would be."""
    return CLOSED in page.text


# --- What is kept --------------------------------------------------------------------------------------------


def lost(crowd: list[Person]) -> list[str]:
    """Whatever the portal said it had done and has not: saves, entries, receipts."""
    kept = Entry.objects.in_bulk([person.entry for person in crowd])
    receipts = set(Notice.objects.filter(template="entry-entered").values_list("object_id", flat=True))
    wrong = []
    for person in crowd:
        entry = kept[person.entry]
        if person.saved and entry.organisation != person.saved:
            wrong.append(f"{person.number}: saved {person.saved}, kept {entry.organisation}")
        if person.entered and (entry.state != "entered" or str(entry.pk) not in receipts):
            wrong.append(f"{person.number}: entered, kept as {entry.state}")
    return wrong


def late(crowd: list[Person], edition: Edition) -> int:
    """How many entered at the bound or later, or although they were refused."""
    entered = Entry.objects.filter(pk__in=[person.entry for person in crowd], state="entered")
    after = entered.filter(entered_at__gte=bound(edition))
    told_no = entered.filter(pk__in=[person.entry for person in crowd if person.refused])
    return (after | told_no).count()
