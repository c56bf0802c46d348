"""Absolute links for mails and messages: from SITE_URL, never from the request, whose Host may be forged (T1)."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse


class Link(str):
    """An address of our own; in a notice every other text is shown, never linked (T8)."""


def absolute(path: str) -> Link:
    """The full address of one of our pages. Raises ValueError for anything but a path."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"not a path of ours: {path}")
    return Link(urljoin(settings.SITE_URL + "/", path))


def link_to(url_name: str, *args: object, **kwargs: object) -> Link:
    """The full address of a page by its URL name."""
    return absolute(reverse(url_name, args=args or None, kwargs=kwargs or None))
