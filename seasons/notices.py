"""The notices of seasons, by what they are about."""

from . import placing_notices, point_notices, training_notices  # noqa: F401  # each room registers its own
