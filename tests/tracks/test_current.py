"""The edition that a process keeps: whatever changes shows with the next request, whoever changed it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from core.accounts.models import User
from core.accounts.sessions import SessionStore
from tests.contest import load_guangdong
from tracks.current import contest_time, current_edition
from tracks.models import Edition, Milestone, Track, TrackContact


@pytest.fixture
def edition(db: None) -> Edition:
    return load_guangdong()


def asked(user: User | None = None) -> HttpRequest:
    """A request of somebody signed in, or of a stranger."""
    request = RequestFactory().get("/")
    request.user, request.session = user or AnonymousUser(), SessionStore()
    if user:
        request.session.create()
        request.session = SessionStore(request.session.session_key)
        request.session.keys()  # reads it
    return request


def names() -> list[list[str]]:
    """What a request reads."""
    found = current_edition(asked())
    assert found
    contacts = [user.real_name for track in found.tracks.all() for user in track.contact_users]
    return [[m.name for m in found.calendar][:1], [t.name for t in found.tracks.all()][:1], contacts]


CHANGES: list[Callable[[], object]] = [
    lambda: Milestone.objects.filter(position=first(Milestone)).update(name="改过的日程"),
    lambda: Track.objects.filter(position=first(Track)).update(name="改过的赛道"),
    lambda: TrackContact.objects.create(
        track=Track.objects.all()[0], user=User.objects.create_user("王芳", phone="13800138001")
    ),
    lambda: User.objects.filter(track_contacts__isnull=False).update(real_name="李明"),
    lambda: TrackContact.objects.all().delete(),
]


def first(model: type[Milestone] | type[Track]) -> int:
    return model.objects.order_by("position").values_list("position", flat=True)[0]


def test_every_change_shows_at_once(edition):
    seen = [names()]
    for change in CHANGES:
        change()
        seen.append(names())
    assert all(before != after for before, after in pairwise(seen))


def test_two_changes_in_one_transaction_both_show(edition):
    for name in ("第一次", "第二次"):
        Milestone.objects.filter(edition=edition).update(name=name)
        assert names()[0] == [name]


def test_without_an_edition_there_is_none(edition):
    assert current_edition(asked()) == edition
    Edition.objects.update(is_current=False)
    assert current_edition(asked()) is None


def test_a_request_asks_once_and_a_signed_in_one_not_at_all(edition, django_assert_num_queries):
    current_edition(asked())
    with django_assert_num_queries(1):
        request = asked()
        assert current_edition(request) == edition
        assert contest_time(request).year == 2024
    person = asked(User.objects.create_user("祝宇", phone="13800138002"))
    with django_assert_num_queries(0):
        found = current_edition(person)
        assert found
        assert (found, len(found.calendar) > 0, contest_time(person).year) == (edition, True, 2024)
