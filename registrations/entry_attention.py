"""What waits for somebody among the entries: the numbers on the admin's first page."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.portal_admin import Tile
from tracks.models import Track

from .attention import OVERDUE
from .eligibility_models import EligibilityClaim
from .entry_models import Entry


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """Entries to review on the user's tracks: waiting, waiting for more than three days, out for correction; one
    query."""
    queue = reverse("admin:registrations_entry_changelist")
    entries = Entry.objects.filter(track__in=Track.objects.visible_to(user), state="entered").alias(
        waits=_claims(state="submitted"),
        late=_claims(state="submitted", submitted_at__lt=(now or clock.now()) - OVERDUE),
        returned=_claims(state="returned"),
    )
    counts = entries.aggregate(
        waiting=Count("pk", Q(waits=True)),
        overdue=Count("pk", Q(late=True)),
        correcting=Count("pk", Q(returned=True, waits=False)),
    )
    late = f"报名待审超 {OVERDUE.days} 天"
    return [
        Tile("报名待审", counts["waiting"], queue, "参赛资格"),
        Tile(late, counts["overdue"], f"{queue}?age=late", "最早提交的排在最前", "danger"),
        Tile("报名补正中", counts["correcting"], f"{queue}?state=returned", "等参赛者修改", "warning"),
    ]


def _claims(**wanted: object) -> Exists:
    return Exists(EligibilityClaim.objects.filter(entry=OuterRef("pk"), **wanted))
