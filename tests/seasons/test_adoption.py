"""The file's themes become rows; the organiser's stay (G2, G5)."""

from seasons.models import Season
from tracks.models import Edition


def test_the_three_training_themes_are_announced_with_the_edition(edition: Edition) -> None:
    themes = Season.objects.filter(edition=edition)
    assert [(t.code, t.kind, t.state, t.category.code) for t in themes] == [
        ("theme_a", "training", "published", "A"),
        ("theme_b", "training", "published", "B"),
        ("theme_c", "training", "published", "C"),
    ]


def test_a_theme_without_dates_of_its_own_has_its_milestones(edition: Edition) -> None:
    theme = Season.objects.get(edition=edition, code="theme_a")
    assert (theme.opens, theme.closes) == (theme.milestone.starts_at, theme.milestone.ends_at)
