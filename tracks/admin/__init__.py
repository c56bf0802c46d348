"""The contest as data in the admin, and what the public is told."""

from . import announcements, contest, group_codes  # noqa: F401  # each registers its models
