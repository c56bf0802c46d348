"""Seasons in the admin: themes, courses, who advances; service records, disputes, the points season."""

from . import courses, disputes, ladder, records, themes  # noqa: F401  # each registers its own
