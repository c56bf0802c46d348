"""Seasons in the admin: themes, courses, who advances; service records, disputes, points; volunteer forces."""

from . import courses, disputes, forces, ladder, records, themes  # noqa: F401  # each registers its own
