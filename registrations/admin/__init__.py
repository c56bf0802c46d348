"""The admin of registrations: the register of units, and the review queue of the tracks' contacts."""

from . import entries, forms, honours, likeness, phrases, quotas, regions, review, unit_people, units, works  # noqa: F401  # each registers its models
