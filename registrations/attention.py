"""What waits for somebody: the numbers on the admin's first page."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile
from tracks.models import Track

from .models import RecommendationRow, Unit

OVERDUE = timedelta(days=3)


def tiles(user: User) -> list[Tile]:
    """Rows to review on the user's tracks: waiting, waiting for more than three days, out for correction."""
    queue = reverse("admin:registrations_recommendationrow_changelist")
    late = Q(state="submitted", submitted_at__lt=clock.now() - OVERDUE)
    counts = _rows(user).aggregate(
        waiting=Count("pk", Q(state="submitted")), late=Count("pk", late), returned=Count("pk", Q(state="returned"))
    )
    return [
        Tile("待审", counts["waiting"], queue, "按提交先后排列"),
        Tile("待审超 3 天", counts["late"], queue, "最早提交的排在最前", "danger"),
        Tile("退回补正中", counts["returned"], f"{queue}?state=returned", "等推荐单位修改", "warning"),
    ]


def waiting_units(user: User, limit: int = 10) -> QuerySet[Unit]:
    """The units with most rows to review, each with `waiting`."""
    mine = Q(recommendations__rows__in=_rows(user).filter(state="submitted"))
    counted = Unit.objects.annotate(waiting=Count("recommendations__rows", mine)).filter(waiting__gt=0)
    return counted.order_by("-waiting", "full_name")[:limit]


def _rows(user: User) -> QuerySet[RecommendationRow]:
    return RecommendationRow.objects.filter(track__in=Track.objects.visible_to(user))
