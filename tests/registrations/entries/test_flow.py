"""What the whole way from sign-up to entered asks of the database (the measurement is `make bench ARGS=entries`)."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench._flows import asked, sign_up_and_enter, walk
from core import clock
from registrations.entry_models import Entry
from tests.seasons.training.build import course

from .build import REGISTERING

MOST = 90


def code_for(address: str) -> str:
    """What was mailed there."""
    letter = next(sent for sent in reversed(mail.outbox) if sent.to == [address])
    found = re.search(r"\b\d{6}\b", str(letter.body))
    assert found
    return found[0]


@pytest.mark.django_db
def test_from_sign_up_to_entered(edition, client: Client):
    clock.set_now(REGISTERING)
    course(edition)  # the entry's page has its sessions, too
    walk(sign_up_and_enter("first@example.test", "王芳", code_for), client)  # the process reads the edition
    client.cookies.clear()
    with CaptureQueriesContext(connection) as seen:
        walk(sign_up_and_enter("second@example.test", "李明", code_for), client)
    assert len(asked(seen.captured_queries)) <= MOST
    assert list(Entry.objects.values_list("state", flat=True)) == ["entered", "entered"]
