"""The last minute (R5, short; `make bench ARGS=entries` has 500 people): what was said is kept, nobody gets in late."""

import threading
import time
import uuid
from datetime import datetime
from functools import partial

import pytest
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from registrations.entry_models import Entry
from tests.contest import load_guangdong
from tests.registrations.racing import race
from tests.registrations.staff import signed_in

from .build import REGISTERING, TEXTS, claim, draft, person

SUBMITTED = {f"consent_{code}": "on" for code in TEXTS}
SAVED, REFUSED = 302, 422


def ready(edition, number: int) -> Entry:
    entry = draft(edition, person(f"学生{'甲乙丙丁戊己庚辛壬癸子丑'[number]}", f"138001380{number:02d}"))
    claim(entry)
    return entry


def post(user: User, entry: Entry, page: str, **typed: object) -> int:
    typed["form_key"] = str(uuid.uuid4())
    return signed_in(user).post(reverse(page, args=[entry.pk]), typed).status_code


def save_and_submit(entry: Entry, when: threading.Event | None = None) -> tuple[int, int]:
    """The answers to both, at once or when the bound has passed."""
    if when:
        when.wait(60)
    who = entry.people.get()
    typed = {"track": "worker", "kind": "individual", "name": who.name, "organisation": f"第{entry.pk}学校"}
    return (
        post(who.user, entry, "entry_edit", **typed, categories=["A"]),
        post(who.user, entry, "entry_submit", **SUBMITTED),
    )


def pass_the_bound(bound: datetime, passed: threading.Event) -> None:
    """As soon as somebody is in."""
    for _ in range(6000):
        if Entry.objects.filter(state="entered").exists():
            break
        time.sleep(0.01)
    clock.set_now(bound)
    passed.set()


@pytest.mark.django_db(transaction=True)
def test_the_bound_passes_while_people_save_and_submit():
    edition, passed = load_guangdong(), threading.Event()
    closes = edition.window("register").closes
    clock.set_now(REGISTERING)
    early, late = ([ready(edition, n) for n in numbers] for numbers in (range(1, 9), range(9, 12)))
    acts = [partial(save_and_submit, entry) for entry in early]
    acts += [partial(save_and_submit, entry, passed) for entry in late]
    *told, _ = race(*acts, partial(pass_the_bound, closes, passed))
    kept = [Entry.objects.get(pk=entry.pk) for entry in [*early, *late]]
    receipts = set(Notice.objects.filter(template="entry-entered").values_list("object_id", flat=True))
    assert told == [
        (
            SAVED if entry.organisation == f"第{entry.pk}学校" else REFUSED,
            SAVED if entry.state == "entered" and entry.entered_at < closes and str(entry.pk) in receipts else REFUSED,
        )
        for entry in kept
    ]
    assert told[8:] == [(REFUSED, REFUSED)] * 3
    assert [entry for entry in kept if entry.entered_at and entry.entered_at >= closes] == []


@pytest.mark.django_db(transaction=True)
def test_everybody_presses_twice_and_enters_once():
    edition = load_guangdong()
    clock.set_now(REGISTERING)
    entry, key = ready(edition, 1), str(uuid.uuid4())
    who = entry.people.get().user
    press = partial(signed_in(who).post, reverse("entry_submit", args=[entry.pk]), SUBMITTED | {"form_key": key})
    assert [answer.status_code for answer in race(press, press, press, press)] == [SAVED] * 4
    assert Notice.objects.filter(template="entry-entered").count() == 1
