"""Seasons in the admin: themes, courses, who advances."""

from . import courses, themes  # noqa: F401  # each registers its own
