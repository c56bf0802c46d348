"""What waits for somebody: the numbers on the admin's first page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile
from tracks.models import Track

from .models import RecommendationRow, UnitQuota

OVERDUE = timedelta(days=3)


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Rows to review on the user's tracks: waiting, waiting for more than three days, out for correction."""
    queue = reverse("admin:registrations_recommendationrow_changelist")
    now = now or clock.now()
    late = Q(state="submitted", submitted_at__lt=now - OVERDUE)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    counts = _rows(user).aggregate(
        waiting=Count("pk", Q(state="submitted")),
        late=Count("pk", late),
        returned=Count("pk", Q(state="returned")),
        come=Count("pk", Q(submitted_at__gte=today)),
        decided=Count("pk", Q(decided_at__gte=today, state__in=("approved", "returned"))),
    )
    silent = UnitQuota.objects.visible_to(user).filter(edition__is_current=True).not_submitted().count()
    units = reverse("admin:registrations_unitquota_changelist")
    return [
        Tile("待审", counts["waiting"], queue, _since_yesterday(counts["come"], counts["decided"])),
        Tile(f"待审超 {OVERDUE.days} 天", counts["late"], f"{queue}?age=late", "最早提交的排在最前", "danger"),
        Tile("退回补正中", counts["returned"], f"{queue}?state=returned", "等推荐单位修改", "warning"),
        Tile("还没有提交的单位", silent, f"{units}?progress=none", "报送时间内可以一键催报"),
    ]


def _since_yesterday(come: int, decided: int) -> str:
    """比昨天 +3：新到 5，审结 2."""
    return f"比昨天 {come - decided:+d}：新到 {come}，审结 {decided}" if come or decided else "与昨天相同"


@dataclass(frozen=True)
class UnitWaits:
    """One unit's rows on the reader's tracks."""

    name: str
    waiting: int
    late: int
    returned: int
    days: int  # that the oldest waiting row has waited


def waiting_units(user: User, limit: int = 15, now: datetime | None = None) -> list[UnitWaits]:
    """The units with rows to review or to mend, those that wait longest first; one query."""
    now, submitted = now or clock.now(), Q(state="submitted")
    found = (
        _rows(user)
        .filter(state__in=("submitted", "returned"))
        .order_by()
        .values("recommendation__unit__full_name")
        .annotate(
            waiting=Count("pk", submitted),
            late=Count("pk", submitted & Q(submitted_at__lt=now - OVERDUE)),
            returned=Count("pk", Q(state="returned")),
            oldest=Min("submitted_at", filter=submitted),
        )
        .order_by("oldest", "-returned", "recommendation__unit__full_name")[:limit]
    )
    return [
        UnitWaits(
            name=row["recommendation__unit__full_name"],
            waiting=row["waiting"],
            late=row["late"],
            returned=row["returned"],
            days=(now - row["oldest"]).days if row["oldest"] else 0,
        )
        for row in found
    ]


def _rows(user: User) -> QuerySet[RecommendationRow]:
    return RecommendationRow.objects.filter(track__in=Track.objects.visible_to(user))
