"""Awards in the organiser's hands."""

from . import certificate_batches, certificates, entitlements, lists, objections  # noqa: F401  # Django registers them
