"""The notices of seasons."""

from . import training_notices  # noqa: F401  # each room registers its own
