"""What the tests of seasons share."""

import pytest

from tests.contest import load_guangdong
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The Guangdong edition."""
    return load_guangdong()
