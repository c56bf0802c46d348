"""Every address that takes a form counts it once (R6): with a key that something else was sent with, it says 409."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client

from core.models import FormKey
from tests.test_access import expected
from tests.world import ROLES, World, a_world

UNTOUCHED = {  # name → why sending it twice does no harm
    "row_phone": "shows a number; that somebody looked is recorded each time",
    "work_keep": "keeps what was typed; sent again it is the same",
    "claim_code": "looks a code up",
    "personal_export": "hands out a file; that it was taken is recorded each time",
    "text-size": "sets a cookie to what it is",
    "admin:login": "signing in",
    "account_": "the library's: a code or a password is good once, a name is set to what it is",
    "mfa_": "the library's",
}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with a_world() as world:
        yield world


def doors() -> Iterator[tuple[str, str]]:
    """(address, who gets in with a POST) for every address that takes one."""
    for name, letters in expected().items():
        inside = [role for role, letter in zip(ROLES, letters.split()[1], strict=True) if letter == "."]
        if inside and inside != ["anonymous"] and not name.startswith(tuple(UNTOUCHED)):
            yield name, inside[-1]


def test_every_form_is_taken_once(world: World) -> None:
    deaf = {}
    for name, role in doors():
        key, client = uuid4(), Client()
        FormKey.objects.create(user=world.people[role], key=key, request_hash="another", status=302, location="/")
        client.cookies["session"] = world.sessions[role]
        answer = client.post(world.path(name), {"form_key": key})
        if answer.status_code != 409:
            deaf[name] = (role, answer.status_code)
    assert deaf == {}
