"""What waits for somebody among the works: the numbers on the admin's first page."""

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile
from tracks.models import Track

from .attention import OVERDUE
from .work_models import Work


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Works to review on the user's tracks: waiting, waiting long, out for correction; one query."""
    queue = reverse("admin:registrations_work_changelist")
    works = Work.objects.reviewed_by(user).filter(entry__track__in=Track.objects.visible_to(user))
    counts = works.aggregate(
        waiting=Count("pk", Q(state="submitted")),
        overdue=Count("pk", Q(state="submitted", submitted_at__lt=(now or clock.now()) - OVERDUE)),
        correcting=Count("pk", Q(state="returned")),
    )
    late = f"作品待审超 {OVERDUE.days} 天"
    return [
        Tile("作品待审", counts["waiting"], queue, "文件与内容"),
        Tile(late, counts["overdue"], f"{queue}?age=late", "最早提交的排在最前", "danger"),
        Tile("作品补正中", counts["correcting"], f"{queue}?state=returned", "等参赛者修改", "warning"),
    ]
