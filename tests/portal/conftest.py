"""What the tests of the public pages share."""

import pytest

from tests.contest import load_guangdong
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The Guangdong edition at the demo's first morning."""
    return load_guangdong()
