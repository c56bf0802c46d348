"""The demo's mailbox at /dev/mail/: the new user opens the invitation here."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import mailbox

# A mail brings its own inline styles and may run nothing; its links open in the whole window.
MAIL_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation",
    "X-Frame-Options": "SAMEORIGIN",
}
View = Callable[..., HttpResponse]


def letter_response(html: str) -> HttpResponse:
    """A mail's HTML for a sandboxed frame on one of our pages."""
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1), headers=MAIL_HEADERS)


def demo_only(view: View) -> View:
    """404 outside demo and test."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (settings.DEMO or settings.TESTING):
            raise Http404
        return never_cache(require_safe(view))(request, *args, **kwargs)

    return guarded


def _fetch(key: str) -> mailbox.Mail:
    try:
        return mailbox.fetch(key)
    except FileNotFoundError as error:
        raise Http404 from error


@demo_only
def dev_mail(request: HttpRequest) -> HttpResponse:
    """All mails and text messages of the demo, newest first."""
    return render(request, "notices/dev_mail.html", {"mails": mailbox.latest(), "shown": mailbox.SHOWN})


@demo_only
def dev_mail_message(request: HttpRequest, key: str) -> HttpResponse:
    """One of them, with its links to click."""
    return render(request, "notices/dev_mail_message.html", {"mail": _fetch(key)})


@demo_only
def dev_mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """Its HTML part, for the frame on its page."""
    return letter_response(_fetch(key).html)
