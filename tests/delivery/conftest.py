"""Servers that the tests of delivery may break."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.delivery import breaking


@pytest.fixture
def own(django_db_blocker: DjangoDbBlocker) -> Iterator[breaking.Breakable]:
    """A Postgres and a Redis that no other test uses; Django and Celery of this process work on them."""
    folder = Path(os.environ["PORTAL_HOME"]) / f"storm-{uuid.uuid4().hex[:6]}"
    with django_db_blocker.unblock(), breaking.servers(folder) as servers:
        yield servers
