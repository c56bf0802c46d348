"""站内消息: what was written to oneself, as it went out by mail or SMS; opening it marks it read."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.accounts.access import signed_in

from .models import Notice

A_PAGE = 20


@dataclass(frozen=True)
class Line:
    """A line of a letter; href: where it leads, of our own addresses only (T8)."""

    text: str
    href: str = ""


@login_required
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """One's own, newest first."""
    mine = Notice.objects.of(signed_in(request))
    page = Paginator(mine.only("subject", "created", "read_at", "template"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/messages.html", {"page": page, "unread": mine.unread().count()})


@login_required
@require_safe
def message(request: HttpRequest, notice: int) -> HttpResponse:
    """One of one's own; opened, it is read."""
    found = get_object_or_404(Notice.objects.of(signed_in(request)), pk=notice)
    if found.read_at is None:
        Notice.objects.filter(pk=found.pk, read_at=None).update(read_at=Now())
    return render(request, "notices/message.html", {"notice": found, "lines": lines_of(found.text)})


def lines_of(text: str) -> list[Line]:
    """A letter's lines; what is nothing but an address of ours becomes a link within the portal."""
    return [Line(line, _path(line.split()[-1] if line.split() else "")) for line in text.splitlines()]


def _path(word: str) -> str:
    root = settings.SITE_URL.rstrip("/") + "/"
    return f"/{word.removeprefix(root)}" if word.startswith(root) and word != root else ""
