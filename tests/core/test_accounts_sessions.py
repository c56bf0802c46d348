"""Sessions at one statement a write."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpResponse
from django.utils import timezone

from core.accounts.middleware import WhoIsSignedIn
from core.accounts.models import Session, User
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


def test_a_session_knows_whose_it_is_and_is_read_with_them(client, django_assert_num_queries):
    user = User.objects.create_user("王芳", phone="13800138001")
    client.force_login(user)
    read = SessionStore(client.session.session_key)
    with django_assert_num_queries(1):
        assert (read["_auth_user_id"], read.user) == (str(user.pk), user)
    assert Session.objects.get().user == user


def test_the_account_that_came_along_must_be_the_sessions_own(rf, client):
    wang, other = (User.objects.create_user(name, phone=f"1380013800{at}") for at, name in enumerate(["王芳", "祝宇"]))
    client.force_login(wang)
    Session.objects.update(user=other)  # the row says otherwise than what was signed into the session
    request = rf.get("/")
    request.session = SessionStore(client.session.session_key)
    WhoIsSignedIn(lambda request: HttpResponse()).process_request(request)
    assert request.user == wang


def test_expired_and_closed_accounts_are_nobody(rf, client):
    user = User.objects.create_user("王芳", phone="13800138001")
    client.force_login(user)
    key = client.session.session_key
    User.objects.update(is_active=False)
    request = rf.get("/")
    request.session = SessionStore(key)
    WhoIsSignedIn(lambda request: HttpResponse()).process_request(request)
    assert request.user.is_anonymous
    Session.objects.update(expire_date=timezone.now())
    assert SessionStore(key).get("_auth_user_id") is None
    SessionStore.clear_expired()
    assert Session.objects.count() == 0
