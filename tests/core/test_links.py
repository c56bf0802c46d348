"""Links in mails come from SITE_URL alone."""

import pytest

from core.links import Link, absolute, link_to


def test_a_path_becomes_a_full_address(settings):
    settings.SITE_URL = "https://contest.example"
    assert absolute("/desk/") == Link("https://contest.example/desk/")
    assert link_to("recommendation", unit=7) == "https://contest.example/units/7/recommendation/"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "desk/"])
def test_anything_but_a_path_is_refused(path):
    with pytest.raises(ValueError, match="not a path"):
        absolute(path)
