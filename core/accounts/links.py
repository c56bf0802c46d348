"""Absolute links for mails and messages: from SITE_URL, never from the request, whose Host may be forged (T1)."""

from django.conf import settings
from django.urls import reverse


def absolute(url_name: str, *args: object) -> str:
    """The full address of a page of this portal."""
    return settings.SITE_URL + reverse(url_name, args=args)
