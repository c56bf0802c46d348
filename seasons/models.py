"""The tables of seasons, by what they are about; Django looks for them here."""

from .theme_models import Season

__all__ = [
    "Season",
]
