"""Awards in the organiser's hands."""

from . import entitlements, lists, objections  # noqa: F401  # Django registers what they hold
