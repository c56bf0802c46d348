"""Keyed marks: whether a thing still says what it said, without keeping what that was."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare


def secrets() -> list[str]:
    """The secret of today, then retired ones that older marks were made with."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def mark_of(kind: str, said: str, secret: str = "") -> str:
    """The mark of what a thing says, hexadecimal; keyed, since a phone could be guessed from a plain digest.

    kind: whose marks these are, e.g. "registrations.content".
    """
    return hmac.digest(_key(kind, secret or settings.SECRET_KEY), said.encode(), "sha256").hex()


@lru_cache(maxsize=64)
def _key(kind: str, secret: str) -> bytes:
    """As Django's `salted_hmac` derives it."""
    return hashlib.sha256(f"{kind}{secret}".encode()).digest()


def still(kind: str, said: str, seen: str) -> bool:
    """Whether the mark `seen` was made of the same words, with today's secret or a retired one."""
    return any(constant_time_compare(mark_of(kind, said, secret), seen) for secret in secrets())
