"""Seasons in the admin: themes, courses, who advances; records, disputes, points; forces; venues and who goes there."""

from . import courses, disputes, forces, ladder, placing, records, themes, venues  # noqa: F401  # each registers its own
