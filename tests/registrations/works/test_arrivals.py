"""每天一封: what arrived on a track and what waits there, to its contacts, at eight, once."""

from datetime import timedelta

import pytest

from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from registrations import tasks
from registrations.services import arrivals, entering
from tests.contest import load_guangdong
from tests.registrations import staff
from tests.registrations.entries import build as entries
from tracks.models import Edition
from tracks.services import appoint_contact

from . import build

pytestmark = pytest.mark.django_db
FIRST = entries.REGISTERING.replace(hour=8) + timedelta(days=1)  # the first eight o'clock after an entry came
SECOND = build.SUBMITTING.replace(hour=8) + timedelta(days=1)  # and after a work came
DAY = timedelta(days=1)


@pytest.fixture
def edition(db) -> Edition:
    return load_guangdong()


@pytest.fixture
def contact(edition: Edition) -> User:
    staff.contact(edition, "university")  # nothing comes there
    return staff.contact(edition, "worker")


def person(number: int) -> User:
    """An entrant of their own."""
    return entries.person("胡祝何"[number % 3] + "小燕", f"138001380{number:02}")


def told() -> list[tuple[User | None, str]]:
    """Who was told what, in order."""
    return [(one.recipient, one.subject) for one in Notice.objects.filter(template=arrivals.DAILY).order_by("pk")]


def test_contacts_hear_at_eight_what_came_and_what_waits(edition, contact):
    entries.entered(edition, person(1))
    entries.entered(edition, person(2))
    moments = [FIRST - timedelta(minutes=1), FIRST, FIRST + timedelta(hours=2), FIRST + DAY]
    assert [arrivals.remind(moment) for moment in moments] == [0, 1, 0, 0]
    build.submitted(build.accepted(edition, person(3)))
    assert [arrivals.remind(moment) for moment in (SECOND, SECOND + DAY)] == [1, 0]
    assert told() == [
        (contact, "科普工作者赛道：昨天新到 2 份报名，共有 2 项待审"),
        (contact, "科普工作者赛道：昨天新到 1 件作品，共有 3 项待审"),
    ]


def test_the_letter_leads_to_the_queues_in_which_something_waits(edition, contact):
    entries.entered(edition, person(1))
    build.submitted(build.accepted(edition, person(2)))
    arrivals.remind(SECOND)
    text = Notice.objects.get(template=arrivals.DAILY).text
    track = edition.tracks.get(code="worker").pk
    assert f"/admin/registrations/entry/?track={track}\n" in text
    assert f"/admin/registrations/work/?track={track}\n" in text
    page = staff.signed_in(contact).get(f"/admin/registrations/work/?track={track}").content.decode()
    assert "潮间带的一天" in page


def test_what_was_taken_back_or_judged_by_then_is_no_news(edition, contact):
    gone = entries.entered(edition, person(1))
    entering.withdraw_entry(gone, by=gone.people.get().user)
    judged = build.passed(build.accepted(edition, person(2)), by=contact)
    assert (judged.state, arrivals.remind(FIRST), arrivals.remind(SECOND)) == ("passed", 0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_telling_costs_the_same_for_many(edition, count, django_assert_max_num_queries):
    for number in range(count):
        user = User.objects.create_user("何小燕", email=f"{number}@example.test")
        for track in edition.tracks.all()[:count]:
            appoint_contact(track, user, by=None)
        entries.entered(edition, person(number))
    entries.entered(edition, person(number + 1), "university")
    with django_assert_max_num_queries(17):
        assert arrivals.remind(FIRST) == count * min(count, 2)
    with django_assert_max_num_queries(3):
        assert arrivals.remind(FIRST) == 0


def test_the_task_tells_once(edition, contact):
    entries.entered(edition, person(1))
    clock.set_now(FIRST)
    tasks.remind(), tasks.remind()
    assert len(told()) == 1
