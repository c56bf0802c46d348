"""What the tests of registrations share."""

import pytest

from tests.contest import load_guangdong
from tests.registrations import build
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The Guangdong edition at the demo's first morning, 2024-12-10 09:00."""
    return load_guangdong()


@pytest.fixture
def desk(edition: Edition) -> build.Desk:
    """始兴县科协 with 25 places, and its officer."""
    return build.desk(edition)
