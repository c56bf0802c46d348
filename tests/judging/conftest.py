"""What the tests of judging share."""

import pytest

from judging.models import Assignment, Round
from tests.contest import load_guangdong
from tests.judging import build
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The Guangdong edition."""
    return load_guangdong()


@pytest.fixture
def review(edition: Edition) -> Round:
    """初评 of category A, not yet opened."""
    return build.round_of(edition)


@pytest.fixture
def assignments(review: Round) -> list[Assignment]:
    """Three works before three judges each, scores taken."""
    return build.opened(review)
