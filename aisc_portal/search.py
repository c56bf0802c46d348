"""查找 for staff: one field in the admin's head over units, rows, entries, people, works and certificates."""

from typing import cast

from django.contrib import admin
from django.http import HttpResponse
from django.views.decorators.http import require_safe

import awards.finding
import registrations.finding
from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin
from registrations.models import Unit
from tracks.current import current_edition

LONGEST = 60  # characters searched for


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """What was typed, and the hits of every kind that this member of staff may see."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    edition, groups = current_edition(request), []
    if words and edition:
        for app in (registrations.finding, awards.finding):
            groups += app.find(request.user, words, edition)
    page = cast(PortalAdmin, admin.site.get_model_admin(Unit))
    found = [group for group in groups if group.hits]
    return page.page(
        request, "portal/admin/search.html", "查找", wanted=words, groups=found, opts=None, content_title="查找"
    )
