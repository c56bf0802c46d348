"""Giving units their places in an edition."""

from collections import Counter, defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from tracks.models import Edition
from tracks.services import in_use

from ..models import RecommendationRow, RegionFlag, Unit, UnitQuota
from ..rules.categories import category_for
from .telling import tell_places_returned


def adopt(edition: Edition, units: QuerySet[Unit] | None = None) -> None:
    """Give every unit that the edition knows its category and places, inside the caller's transaction.

    units: only these, when their own facts changed (a new unit, a county's title).
    A county's titles count as of the day the notice was issued (Q4), whenever the edition is loaded. A quota with
    a reason of its own (an override) keeps its limit. Raises Refused, with the units listed, when
    a limit would fall below the places already taken, or a category that rows or units use would vanish.
    """
    flags = flags_in_force(edition.rulebook.edition.issued_on)
    units = Unit.objects.all() if units is None else units
    quotas = UnitQuota.objects.select_for_update(no_key=True).filter(edition=edition, unit__in=units).order_by("pk")
    existing = {quota.unit_id: quota for quota in quotas}
    fresh, changed, gone, problems = [], [], [], _orphans(edition)
    too_low, homeless = [], []
    for unit in units.order_by("pk"):
        category = category_for(unit.kind, flags[unit.region_id], edition.rulebook.unit_categories)
        quota = existing.get(unit.pk)
        if category is None:
            if quota and quota.taken:
                homeless.append(f"{unit.full_name}（已用 {quota.taken}）")
            elif quota:
                gone.append(quota.pk)
            continue
        if quota is None:
            limit = category.quota_for(unit.team_name)
            fresh.append(UnitQuota(unit=unit, edition=edition, category=category.code, limit=limit))
            continue
        limit = quota.limit if quota.override_reason else category.quota_for(unit.team_name)
        if quota.taken > (limit or 0):
            too_low.append(f"{unit.full_name}（已用 {quota.taken}，新名额 {limit or 0}）")
        if (quota.category, quota.limit) != (category.code, limit):
            quota.category, quota.limit = category.code, limit
            changed.append(quota)
    if too_low:
        words = f"新名额少于已用的个数：{'、'.join(too_low)}。请先请这些单位撤回多出的行，或为它们单独核定名额"
        problems.append(Problem("quota.below_taken", words))
    if homeless:
        words = f"没有对应的单位类别，却已推荐：{'、'.join(homeless)}。请在文件里保留它们的类别，或先请它们撤回"
        problems.append(Problem("unit.no_category", words))
    refuse_if(problems)
    UnitQuota.objects.filter(pk__in=gone).delete()
    UnitQuota.objects.bulk_create(fresh)
    UnitQuota.objects.bulk_update(changed, ["category", "limit"])


def _orphans(edition: Edition) -> list[Problem]:
    """Award categories that the edition no longer has, though rows which hold a place name them."""
    known = {category.code for category in edition.rulebook.categories}
    rows = RecommendationRow.objects.holding().filter(recommendation__edition=edition)
    named = rows.exclude(categories__contained_by=sorted(known)).values_list("categories", flat=True)
    missing = Counter(code for codes in named for code in codes if code not in known)
    return [in_use("类别", code, count) for code, count in sorted(missing.items())]


def adopt_now(units: QuerySet[Unit]) -> None:
    """The same for some units in the current edition, if there is one."""
    if edition := Edition.objects.current():
        adopt(edition, units)


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


def return_places(quota: UnitQuota, count: int, *, by: User) -> None:
    """A unit hands back places that it will not use (提前退回名额); the organiser may give them to others.

    Raises Refused when it has not so many unused ones.
    """
    with transaction.atomic(), recorded("quota.returned_by_unit", by=by, reason=f"退回 {count} 个"):
        quota = UnitQuota.objects.select_for_update(no_key=True).get(pk=quota.pk)
        if not 1 <= count <= (left := (quota.limit or 0) - quota.taken):
            words = f"没有用的名额还有 {left} 个，请填 1 到 {left}" if left else "名额都已用上，没有可以退回的"
            raise Refused(Problem("quota.nothing_to_return", words, "count"))
        quota.limit = (quota.limit or 0) - count
        quota.returned += count
        quota.override_reason = f"单位提前退回 {quota.returned} 个"  # so that loading the edition anew keeps it
        quota.save(update_fields=["limit", "returned", "override_reason"])
        tell_places_returned(quota, count, giver=by)
