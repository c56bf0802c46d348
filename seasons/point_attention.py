"""What waits for staff in the points season: tiles of the admin's first page."""

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile
from registrations.attention import OVERDUE

from .models import Dispute, ServiceRecord


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Records and disputes on the user's tracks that wait."""
    late = Q(state="submitted", submitted_at__lt=(now or clock.now()) - OVERDUE)
    records = ServiceRecord.objects.reviewed_by(user).aggregate(
        waiting=Count("pk", Q(state="submitted")), late=Count("pk", late)
    )
    disputes = Dispute.objects.filter(state="asked")
    if not user.is_superuser:
        disputes = disputes.filter(line__entry__track__in=user.track_contacts.values("track"))
    queue = reverse("admin:seasons_servicerecord_changelist")
    asked = reverse("admin:seasons_dispute_changelist")
    found = [Tile("服务记录待审", records["waiting"], queue, "审核通过才计分")]
    if records["late"]:
        words = f"服务记录待审超 {OVERDUE.days} 天"
        found.append(Tile(words, records["late"], f"{queue}?age=late", "最早提交的排在最前", "danger"))
    if count := disputes.count():
        found.append(Tile("积分异议待答复", count, f"{asked}?state__exact=asked", "答复显示在积分存折里", "warning"))
    return found
