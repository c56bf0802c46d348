"""The offline page (离线查验): one file with the public keys in it, which verifies a payload without the site."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from core import clock

from .keys import keys

_STYLE = ("css/tokens.css", "css/offline.css")
_PROGRAM = ("js/ed25519.js", "js/certificate-offline.js")  # the second calls the first


def offline_page() -> str:
    """HTML that asks nobody for anything; made anew each time, so that it has today's keys."""
    parts = {
        "style": mark_safe(f"<style>{_texts(_STYLE)}</style>"),
        "program": mark_safe(f'<script type="module">{_texts(_PROGRAM)}</script>'),
    }
    given = {"keys": keys().publics, "made": clock.now(), "site": settings.SITE_URL}
    return render_to_string("awards/offline.html", parts | given)


def _texts(names: tuple[str, ...]) -> str:
    """Our own static files, one after the other."""
    found = [finders.find(name) for name in names]
    return "\n".join(Path(str(file)).read_text(encoding="utf-8") for file in found)
