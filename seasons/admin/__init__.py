"""Seasons in the admin: service records to review, disputes to answer, the points season to run."""

from . import disputes, ladder, records  # noqa: F401  # each registers its own
