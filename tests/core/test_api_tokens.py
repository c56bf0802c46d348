"""Tokens of programs: shown once, kept as a hash, one a purpose, ended by anybody's decision."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from core.accounts.models import User
from core.api import services
from core.api.invariants import invariants
from core.api.models import ApiToken
from core.problems import Refused
from tests.registrations import staff


@pytest.fixture
def boss(db: None) -> User:
    return staff.organiser()


def issued(boss: User, **more: object) -> tuple[ApiToken, str]:
    return services.issue(**{"label": "数据平台", "scopes": ["works"], "days": 30, "by": boss} | more)


def test_the_secret_is_in_no_table(boss):
    made, secret = issued(boss)
    with connection.cursor() as cursor:
        for table in ("api_apitoken", "api_apitokenevent", "core_formkey"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} AS t")
            assert [text for (text,) in cursor.fetchall() if secret in text] == []
    assert (made.digest, made.hint) == (services.digest(secret), secret[: services.SHOWN])
    assert services.holder_of(secret) == made


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"label": " "}, "token.label"),
        ({"scopes": []}, "token.scopes"),
        ({"scopes": ["phones"]}, "token.scopes"),
        ({"days": 0}, "token.days"),
        ({"days": 367}, "token.days"),
    ],
)
def test_what_cannot_be_a_token_is_refused(boss, more, code):
    with pytest.raises(Refused) as refused:
        issued(boss, **more)
    assert ([problem.code for problem in refused.value.problems], ApiToken.objects.count()) == ([code], 0)


def test_one_live_token_a_purpose(boss):
    made, _ = issued(boss)
    with pytest.raises(Refused) as refused:
        issued(boss, label=" 数据平台 ")
    assert refused.value.problems[0].code == "token.label_taken"
    services.revoke(made, reason="换新的", by=boss)
    assert issued(boss)[0].status == "live"


def test_an_end_is_final(boss):
    made, secret = issued(boss)
    services.revoke(made, reason="泄露", by=boss)
    with pytest.raises(Refused):
        services.revoke(made, reason="再停一次", by=boss)
    assert (services.holder_of(secret), ApiToken.objects.get().status) == (None, "revoked")


def test_its_use_is_noted_without_a_line_of_history(boss):
    made, secret = issued(boss)
    lines = ApiToken.pgh_event_model.objects.count()
    for _ in range(2):
        services.holder_of(secret)
    made.refresh_from_db()
    assert (made.last_used_at is not None, ApiToken.pgh_event_model.objects.count()) == (True, lines)


def test_the_page_shows_it_once(boss):
    browser, page = staff.signed_in(boss), reverse("admin:api_apitoken_new_page")
    typed = {"label": "省科协", "scopes": ["works", "awards"], "days": 30}
    answer = browser.post(page, typed)
    secret = re.search(r"aikp_[\w-]{43}", answer.content.decode())[0]
    made = ApiToken.objects.get()
    assert (services.holder_of(secret), answer.status_code) == (made, 200)
    for address in (reverse("admin:api_apitoken_change", args=[made.pk]), reverse("admin:api_apitoken_changelist")):
        shown = browser.get(address).content.decode()
        assert (secret in shown, made.hint in shown) == (False, True)
    again = browser.post(page, typed)
    assert (again.status_code, "请先停用，再新建" in again.content.decode()) == (422, True)


def test_the_organiser_ends_it_with_a_reason(boss):
    made, secret = issued(boss)
    page = reverse("admin:api_apitoken_revoke_page", args=[made.pk])
    assert staff.signed_in(boss).post(page, {"reason": "合作结束"}).status_code == 302
    assert services.holder_of(secret) is None


def test_a_scope_that_is_gone_is_told(boss, settings):
    issued(boss)
    assert [found for _, found in invariants() if found] == []
    settings.API_SCOPES = {"awards": "获奖"}
    assert [len(found) for _, found in invariants()] == [1]
