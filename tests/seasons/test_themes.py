"""The organiser's monthly themes (G2, G31)."""

from datetime import timedelta

import pytest

from core import clock
from core.problems import Refused
from seasons.services import themes
from tests.judging.build import organiser
from tracks.models import Edition

FIELD = {"code": "feb", "name": "健康科普", "industry": "医疗健康"}


def test_a_theme_needs_its_field_and_its_beginning_before_it_is_announced(edition: Edition) -> None:
    theme = themes.save(edition, FIELD | {"industry": ""}, by=organiser())
    with pytest.raises(Refused) as refused:
        themes.publish(theme, by=organiser())
    assert [p.code for p in refused.value.problems] == ["season.undated", "season.industry"]


def test_a_theme_runs_from_its_first_instant_to_its_bound(edition: Edition) -> None:
    now = clock.now()
    theme = themes.save(edition, FIELD | {"starts_at": now, "ends_at": now + timedelta(days=28)}, by=organiser())
    themes.publish(theme, by=organiser())
    assert (theme.runs(now), theme.runs(theme.closes or now)) == (True, False)


def test_of_a_theme_of_the_file_only_the_dates_change(edition: Edition) -> None:
    theme = edition.seasons.get(code="theme_a")
    now = clock.now()
    themes.save(
        edition, {"name": "别的", "starts_at": now, "ends_at": now + timedelta(days=9)}, by=organiser(), theme=theme
    )
    theme.refresh_from_db()
    assert (theme.name.startswith("“第一主题”"), theme.starts_at) == (True, now)


def test_a_cancelled_theme_says_why(edition: Edition) -> None:
    with pytest.raises(Refused):
        themes.cancel(edition.seasons.get(code="theme_a"), reason=" ", by=organiser())
