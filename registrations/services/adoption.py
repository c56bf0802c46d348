"""Giving units their places in an edition."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Q

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused
from tracks.models import Edition

from ..models import RegionFlag, Unit, UnitQuota
from ..rules.categories import category_for


def adopt(edition: Edition) -> None:
    """Give every unit that the edition knows its category and places, inside the caller's transaction.

    A quota with a reason of its own (an override) keeps its limit. Raises Refused, with the units listed, when
    a limit would fall below the places already taken.
    """
    flags = flags_in_force(clock.now().date())
    existing = {quota.unit_id: quota for quota in UnitQuota.objects.select_for_update().filter(edition=edition)}
    fresh, changed, too_low = [], [], []
    for unit in Unit.objects.order_by("pk"):
        category = category_for(unit.kind, flags[unit.region_id], edition.rulebook.unit_categories)
        quota = existing.get(unit.pk)
        if category is None:
            continue
        if quota is None:
            limit = category.quota_for(unit.team_name)
            fresh.append(UnitQuota(unit=unit, edition=edition, category=category.code, limit=limit))
            continue
        limit = quota.limit if quota.override_reason else category.quota_for(unit.team_name)
        if (quota.category, quota.limit) == (category.code, limit):
            continue
        if quota.taken > (limit or 0):
            too_low.append(f"{unit.full_name}（已用 {quota.taken}）")
        quota.category, quota.limit = category.code, limit
        changed.append(quota)
    if too_low:
        raise Refused(Problem("quota.below_taken", f"新名额少于已用的个数：{'、'.join(too_low)}。请先核减或单独核定"))
    UnitQuota.objects.bulk_create(fresh)
    UnitQuota.objects.bulk_update(changed, ["category", "limit"])


def flags_in_force(on: date) -> defaultdict[str, frozenset[str]]:
    """Region code → the titles it holds on a day."""
    titles: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    rows = RegionFlag.objects.filter(Q(since=None) | Q(since__lte=on), Q(until=None) | Q(until__gte=on))
    for region, kind in rows.values_list("region_id", "kind"):
        titles[region] |= {kind}
    return titles


def set_limit(quota: UnitQuota, limit: int | None, *, reason: str, by: User) -> None:
    """Give a unit more or fewer places than its category has, with a reason (G17)."""
    if not reason.strip():
        raise Refused(Problem("reason.missing", "请写明调整名额的理由，会记入办理记录", "override_reason"))
    with transaction.atomic(), recorded("quota.set", by=by, reason=reason.strip()):
        quota = UnitQuota.objects.select_for_update(no_key=True).get(pk=quota.pk)
        if quota.taken > (limit or 0):
            raise Refused(Problem("quota.below_taken", f"已用 {quota.taken} 个，名额不能少于它", "limit"))
        quota.limit, quota.override_reason = limit, reason.strip()
        quota.save(update_fields=["limit", "override_reason"])
