"""What waits for the organiser in placing: tiles of the admin's first page."""

from datetime import datetime

from django.db.models import F, Sum
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile

from .models import Need, Placement
from .placing_access import organises


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Places that nobody has, and sides that have not answered; nothing where no venue asks."""
    if not organises(user):
        return []
    now = now or clock.now()
    wanting = Need.objects.wanting().filter(starts_at__gt=now).aggregate(left=Sum(F("capacity") - F("taken")))["left"]
    found = []
    if wanting:
        url = reverse("admin:seasons_placement_suggest_page")
        found.append(Tile("场所还缺的队伍", wanting, url, "看匹配建议，请双方确认"))
    if waiting := Placement.objects.filter(state="waiting").count():
        url = reverse("admin:seasons_placement_changelist")
        found.append(Tile("服务安排待双方确认", waiting, f"{url}?state__exact=waiting", "逾期自动作废"))
    return found
