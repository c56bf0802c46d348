"""催认领: asking a unit to pass on to its participants that passed places are still unclaimed; once a day and unit."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.models import Notice
from core.notices.rendering import Letter, render
from core.notices.services import notify
from core.problems import Problem, Refused

from ..entry_models import Entry
from ..models import RecommendationRow, UnitQuota
from .reminders import Urging, reachable

TEMPLATE = "claims-urged"


def unclaimed_rows(quota: UnitQuota) -> QuerySet[RecommendationRow]:
    """Passed rows of the unit that nobody has claimed."""
    claimed = Entry.objects.exclude(state="withdrawn").filter(row__isnull=False)
    rows = RecommendationRow.objects.filter(recommendation__unit=quota.unit_id, edition=quota.edition_id)
    return rows.filter(state="approved").exclude(pk__in=claimed.values("row"))


def would_urge(quotas: QuerySet[UnitQuota]) -> Urging:
    """Who would be told right now, and who not and why."""
    found, today = Urging(), _told_on(clock.now())
    for quota in reachable(quotas):
        if problems := _against(quota, today):
            found.passed_over.append((quota, problems[0].message))
        else:
            found.told.append(quota)
    return found


def urge(quota: UnitQuota, *, by: User) -> None:
    """Tell the unit's officers. Raises Refused when they were told today, nothing is left to claim, or there is no
    officer."""
    with transaction.atomic(), recorded("unit.claims_urged", by=by):
        locked = UnitQuota.objects.select_for_update(no_key=True, of=("self",)).filter(pk=quota.pk)
        quota, now = reachable(locked)[0], clock.now()
        if problems := _against(quota, _told_on(now)):
            raise Refused(problems)
        for officer in quota.unit.officers.all():
            notify(officer.user, TEMPLATE, about=quota, occasion=_occasion(now), **_said(quota))


def urging_letter(quota: UnitQuota) -> Letter:
    """The notice as its reader will get it."""
    return render(TEMPLATE, {"name": "（填报人姓名）"} | _said(quota))


def _against(quota: UnitQuota, told: set[str]) -> list[Problem]:
    if not unclaimed_rows(quota).exists():
        return [Problem("claims.none", "通过的名额都已认领，不用催")]
    if str(quota.pk) in told:
        return [Problem("claims.too_soon", "今天已经催过，明天可以再催")]
    if not quota.unit.officers.all():
        return [Problem("claims.nobody", "没有填报人；请先在“推荐单位”里邀请")]
    return []


def _told_on(now: datetime) -> set[str]:
    """Keys of the quotas about which somebody was told on this day of contest time."""
    kind = ContentType.objects.get_for_model(UnitQuota)
    told = Notice.objects.filter(template=TEMPLATE, content_type=kind, occasion=_occasion(now))
    return set(told.values_list("object_id", flat=True))


def _occasion(now: datetime) -> str:
    return f"{now.astimezone(clock.BEIJING):%Y%m%d}"


def _said(quota: UnitQuota) -> dict[str, object]:
    closes = quota.edition.window("claim").closes
    return {
        "unit": quota.unit.full_name,
        "count": unclaimed_rows(quota).count(),
        "deadline": closes,
        "link": link_to("unit_entries", unit=quota.unit_id),
    }
