"""What waits for staff in judging: tiles of the admin's first page."""

from datetime import datetime

from django.urls import reverse

from core.accounts.models import User
from core.portal_admin import Tile

from .models import Plan, Round, Unlock


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """For the organiser: plans to look at, unlocks to answer, rounds past their closing that are still open."""
    if not user.is_superuser:
        return []
    rounds = Round.objects.visible_to(user)
    url = reverse("admin:judging_round_changelist")
    plans = Plan.objects.filter(round__in=rounds, state__in=("ready", "failed")).count()
    unlocks = Unlock.objects.filter(round__in=rounds, state="asked").exclude(asked_by=user).count()
    scoring = rounds.filter(state="open").count()
    return [
        Tile("评分中的轮次", scoring, f"{url}?state__exact=open", "看评审进度，催评"),
        *([Tile("待确认的评委分配", plans, url, "看过方案，再发布", "warning")] if plans else []),
        *([Tile("等您决定的解封申请", unlocks, url, "解封要两个人", "warning")] if unlocks else []),
    ]
