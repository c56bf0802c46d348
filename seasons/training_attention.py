"""What waits for staff in training: a tile of the admin's first page."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile

from .models import Advance, Enrolment, Session


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Lists of who goes on (G5), one a theme and track, whose sessions are over and which are not published."""
    sessions = Session.objects.filter(course__season=OuterRef("course__season"), state="planned")
    told = Advance.objects.filter(season=OuterRef("course__season"), entry=OuterRef("member__entry"), state="published")
    over = Enrolment.objects.reviewed_by(user).here().filter(Exists(sessions), ~Exists(told))
    lists = over.exclude(Exists(sessions.filter(ends_at__gt=now or clock.now())))
    count = lists.values("course__season", "member__entry__track").distinct().count()
    url = reverse("admin:seasons_season_changelist")
    return [Tile("推选名单待公布", count, f"{url}?kind__exact=training", "培训已上完，核对后公布")] if count else []
