"""The notices of seasons, by what they are about."""

from . import point_notices  # noqa: F401 - registers its kinds
