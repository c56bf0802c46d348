"""A form sent twice has one effect and one answer (R6)."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from core import idempotency
from core.accounts.models import User
from core.idempotency import once
from core.jobs.models import Job
from core.models import FormKey
from tests.registrations.racing import race

WITHOUT_KEY = {  # a word in the form → why sending it twice does no harm
    "account_logout": "one can only leave once",
    "logout_url": "the same",
    "退出登录</c-button>": "the same",
    "text_size_url": "sets a cookie to what it is",
    "jump_url": "sets the demo's clock to what it is",
    "redirect_field": "allauth's step: a code is good once",
}
EARLIER = timezone.timedelta(days=3)


@pytest.fixture
def user(db) -> User:
    return User.objects.create_user("填表人", email="u@example.test")


def posted(user: User, key: object, path: str = "/x/", **fields: object) -> HttpRequest:
    request = RequestFactory().post(path, {"form_key": key, "csrfmiddlewaretoken": uuid4(), **fields})
    request.user, request.session = user, SessionStore()
    request._messages = FallbackStorage(request)
    return request


@once
def make_a_job(request: HttpRequest) -> HttpResponse:
    """The effect: one more row in a table."""
    job = Job.objects.create(kind="x", key=uuid4())
    messages.success(request, "做好了")
    if "refuse" in request.POST:
        return HttpResponse("不行", status=422)
    if "fail" in request.POST:
        raise RuntimeError
    return redirect(f"/done/{job.pk}/")


def told(request: HttpRequest) -> list[str]:
    return [message.message for message in request._messages]


def test_the_second_sending_gets_the_first_answer(user):
    key = uuid4()
    first, second = posted(user, key, name="王"), posted(user, key, name="王")
    answers = [make_a_job(first), make_a_job(second)]
    assert answers[0].url == answers[1].url == f"/done/{Job.objects.get().pk}/"
    assert told(first) == told(second) == ["做好了"]


@pytest.mark.parametrize("other", [{"name": "李"}, {"path": "/y/"}])
def test_the_same_key_with_other_contents_is_refused(user, other):
    key = uuid4()
    make_a_job(posted(user, key, name="王"))
    answer = make_a_job(posted(user, key, **{"name": "王", **other}))
    assert (answer.status_code, Job.objects.count()) == (409, 1)


def test_what_was_typed_can_be_sent_all_the_same(user):
    key = uuid4()
    make_a_job(posted(user, key))
    page = make_a_job(posted(user, key, name="<b>李")).content.decode()
    assert '<input type="hidden" name="name" value="&lt;b&gt;李">' in page
    fresh = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    assert (fresh == str(key), make_a_job(posted(user, fresh, name="<b>李")).status_code) == (False, 302)


def test_a_refused_form_may_be_sent_again(user):
    key = uuid4()
    answers = [make_a_job(posted(user, key, refuse=1)), make_a_job(posted(user, key, name="王"))]
    assert [answer.status_code for answer in answers] == [422, 302]


def test_a_failed_view_leaves_neither_effect_nor_key(user):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_a_job(posted(user, uuid4(), fail=1))
    assert (Job.objects.count(), FormKey.objects.count()) == (0, 0)


def test_one_persons_key_is_not_anothers(user):
    key, other = uuid4(), User.objects.create_user("别人", email="o@example.test")
    for somebody in (user, other):
        make_a_job(posted(somebody, key))
    assert Job.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x", "0" * 99])
def test_without_a_key_every_sending_counts(user, key):
    for _ in range(2):
        make_a_job(posted(user, key))
    assert Job.objects.count() == 2


def test_old_keys_are_forgotten(user):
    make_a_job(posted(user, uuid4())), make_a_job(posted(user, uuid4()))
    FormKey.objects.filter(pk=FormKey.objects.first().pk).update(created_at=timezone.now() - EARLIER)
    idempotency.tidy()
    assert FormKey.objects.count() == 1


def test_every_form_of_the_library_has_a_key(db):
    keys = re.findall(r'name="form_key" value="([^"]+)"', Client().get(reverse("account_login")).content.decode())
    assert len(keys) == len(set(keys)) > 0


def test_every_form_of_ours_has_a_key():
    bare = [
        (page.name, form)
        for page in settings.BASE_DIR.glob("templates/**/*.html")
        for form in re.findall(r'<form [^>]*method="post".*?</form>', page.read_text(encoding="utf-8"), re.DOTALL)
        if "form-key" not in form and not any(word in form for word in WITHOUT_KEY)
    ]
    assert bare == []


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_at_once():
    user, key = User.objects.create_user("填表人", email="u@example.test"), uuid4()
    answers = race(*[lambda: make_a_job(posted(user, key, name="王")).url for _ in range(50)])
    assert set(answers) == {f"/done/{Job.objects.get().pk}/"}
