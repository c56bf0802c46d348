"""Asking for previews, and making them."""

from ..models import StoredFile
from .models import Derivation

DERIVE = "file.derive"  # the job


def derive_later(stored: StoredFile) -> Derivation:
    """Have a file's previews made, once; in the caller's transaction. The file has passed its check."""
    raise NotImplementedError


def derive(stored: StoredFile) -> None:
    """Make a file's previews now, telling `Derivation` how far it is. Harmless when done before or half done."""
    raise NotImplementedError
