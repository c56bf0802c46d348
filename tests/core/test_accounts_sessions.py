"""Sessions at one statement a write."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from core.accounts.models import Session

from core.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def a_session(**values: object) -> SessionStore:
    session = SessionStore()
    session.update(values)
    session.save()
    return session


def test_writing_takes_one_statement(django_assert_num_queries):
    session = a_session(name="祝宇")
    session["name"] = "王芳"
    with django_assert_num_queries(1):
        session.save()
    assert SessionStore(session.session_key)["name"] == "王芳"


def test_a_new_key_ends_the_old_one(django_assert_num_queries):
    session = a_session(name="祝宇")
    before = session.session_key
    with django_assert_num_queries(1):
        session.cycle_key()
        session.save()
    assert SessionStore(before).get("name") is None
    assert SessionStore(session.session_key)["name"] == "祝宇"


def test_what_was_ended_meanwhile_is_not_brought_back():
    session = a_session(name="祝宇")
    SessionStore(session.session_key).delete()
    session.cycle_key()
    with pytest.raises(UpdateError):
        session.save()
    assert Session.objects.count() == 0


def test_flushing_after_a_new_key_ends_both():
    session = a_session(name="祝宇")
    session.cycle_key()
    session.flush()
    assert Session.objects.count() == 0
