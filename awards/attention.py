"""What waits for the organiser in awards: tiles of the admin's first page."""

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile

from .models import Objection
from .states import OPEN


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Objections by their clocks."""
    if not user.is_superuser:
        return []
    found = Objection.objects.aggregate(
        waiting=Count("pk", Q(state__in=OPEN)), late=Count("pk", Q(state__in=OPEN, due_at__lte=now or clock.now()))
    )
    queue = reverse("admin:awards_objection_changelist")
    tiles = []
    if found["waiting"]:
        tiles.append(Tile("公示异议待答复", found["waiting"], queue, "有关奖项冻结，答复以后名单才能生效", "warning"))
    if found["late"]:
        tiles.append(Tile("公示异议已过答复期限", found["late"], queue, "请尽快答复", "danger"))
    return tiles
