"""Brute force (R20): counted per account, in Postgres, whatever X-Forwarded-For says."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from tests.core.account_helpers import PASSWORD, post, signed_in

TOO_MANY = "尝试次数过多"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("李明", phone="13800138001", email="li@example.com", password=PASSWORD)


def wrong(client: Client, login: str = "13800138001", **headers: str) -> bool:
    """Try a wrong password; whether it was looked at at all."""
    data = {"login": login, "password": "wrong-password-1"}
    response = client.post(reverse("account_login"), data, headers=headers)
    return response.status_code == 200 and TOO_MANY not in response.text


@pytest.mark.django_db
def test_five_wrong_passwords_and_the_right_one_waits(client: Client, user: User):
    assert [wrong(client) for _ in range(7)] == [True] * 5 + [False] * 2
    post(client, "account_login", login="13800138001", password=PASSWORD)
    assert signed_in(client) is None


@pytest.mark.django_db
def test_other_ways_to_write_the_same_number_share_its_limit(client: Client, user: User):
    ways = ["13800138001", "+8613800138001", "138 0013 8001", "138-0013-8001", "+86 138 0013 8001", "013800138001"]
    assert [wrong(client, way) for way in ways].count(True) == 5


@pytest.mark.django_db
def test_one_account_locked_leaves_others_open(client: Client, user: User):
    other = User.objects.create_user("王芳", phone="13800138002", password=PASSWORD)
    for _ in range(6):
        wrong(client)
    post(client, "account_login", login="13800138002", password=PASSWORD)
    assert signed_in(client) == other.pk


@pytest.mark.django_db
def test_the_owner_of_a_locked_account_still_gets_in_by_resetting(client: Client, user: User, mailoutbox):
    for _ in range(6):
        wrong(client, "li@example.com")
    post(client, "account_reset_password", email="li@example.com")
    assert "验证码" in mailoutbox[-1].body


@pytest.mark.django_db
def test_a_success_between_does_not_start_the_count_anew(client: Client, user: User):
    for _ in range(4):
        wrong(Client())
    post(client, "account_login", login="13800138001", password=PASSWORD)
    assert [wrong(Client()) for _ in range(3)] == [True, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "looked_at"), [(0, 60), (1, 60)])
def test_a_made_up_forwarded_for_is_not_believed(user: User, settings, proxies: int, looked_at: int):
    """The limit per address is 60 a minute; with one proxy of ours only what it appended counts."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    ours = ", 198.51.100.7" if proxies else ""
    tries = [wrong(Client(), f"nobody{i}@example.com", x_forwarded_for=f"203.0.113.{i}{ours}") for i in range(64)]
    assert tries.count(True) == looked_at


@pytest.mark.django_db
def test_a_hundred_different_addresses_of_one_school_do_not_lock_each_other_out(client: Client):
    assert all(wrong(Client(), f"pupil{i}@example.com") for i in range(50))


@pytest.mark.django_db
def test_codes_are_rationed_per_account(client: Client, user: User, mailoutbox):
    for _ in range(6):
        post(Client(), "account_request_login_code", login="li@example.com")
    assert len(mailoutbox) == 3


@pytest.mark.django_db
def test_limits_do_not_throw_each_other_out():
    for number in range(310):  # Django's own cache keeps 300
        cache.set(f"limit{number}", number, 60)
    assert [cache.get(f"limit{number}") for number in range(310)] == list(range(310))


@pytest.mark.django_db
def test_a_lock_is_taken_once_until_it_runs_out(django_assert_num_queries):
    cache.set("warm", 1)
    with django_assert_num_queries(4):
        assert [cache.add("lock", 1, 60), cache.add("lock", 2, 60)] == [True, False]
        assert (cache.get("lock"), cache.touch("lock", -1)) == (1, True)
    assert (cache.get("lock"), cache.add("lock", 3, None), cache.get("lock")) == (None, True, 3)


@pytest.mark.django_db
def test_signing_in_needs_no_redis(client: Client, user: User, settings):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    post(client, "account_login", login="13800138001", password=PASSWORD)
    assert signed_in(client) == user.pk


def try_once(_: int) -> bool:
    """One wrong password from one connection."""
    try:
        return wrong(Client())
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_64_tries_at_once_pass_no_more_than_5(user: User):
    with ThreadPoolExecutor(64) as pool:
        passed = list(pool.map(try_once, range(64))).count(True)
    assert 1 <= passed <= 5
