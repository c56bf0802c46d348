"""What must always hold of awards."""

import hashlib
import json
from collections.abc import Iterator

from django.db.models import Count, F, Q

from core.audit.invariants import Finding, states_are_legal

from . import certificate_invariants
from .models import AwardLine, AwardList, AwardVersion, Entitlement, Objection
from .states import OPEN, PUBLIC

STATEFUL = (AwardList, Objection, Entitlement)


def invariants() -> Iterator[Finding]:
    """States; counts that were never overrun; hashes; final lists without open objections; entitlements of finals."""
    for model in STATEFUL:
        yield states_are_legal(model)
    yield "每个等次的获奖数不超过名额", list(_overrun())
    yield "名单稿与其指纹相符", list(_altered())
    public = AwardList.objects.filter(state__in=PUBLIC)
    yield "公示的名单都有公示稿", [str(one) for one in public.filter(releases=None).select_related("edition")]
    frozen = Objection.objects.filter(state__in=OPEN, award_list__state="final")
    yield "有未答复异议的名单没有生效", [str(one) for one in frozen]
    late = Objection.objects.filter(
        Q(filed_at__lt=F("award_list__opens_at")) | Q(filed_at__gte=F("award_list__closes_at"))
    )
    yield "异议都在公示期内提出", [str(one) for one in late]
    early = Entitlement.objects.exclude(line__in=AwardLine.objects.final().values("pk"))
    yield "奖励权益只来自生效的名单", [f"权益 {one.pk}" for one in early]
    twice = AwardLine.objects.filter(entry__isnull=False).values("version", "entry").annotate(n=Count("pk"))
    once = {one.pk for one in AwardList.objects.select_related("edition") if one.rule.one_per_category}
    found = twice.filter(n__gt=1, version__award_list__in=once)
    yield "同一份名单里一份报名只有一项奖", [f"名单稿 {row['version']} 报名 {row['entry']}" for row in found]
    yield from certificate_invariants.invariants()


def _overrun() -> Iterator[str]:
    given = AwardLine.objects.values_list("version", "level").annotate(n=Count("pk")).order_by()
    counts = {(version, level): n for version, level, n in given}
    for version in AwardVersion.objects.select_related("award_list__edition"):
        for level in version.result["levels"]:
            most = level["count"]
            if most is not None and counts.get((version.pk, level["code"]), 0) > most:
                yield f"{version.award_list} {version} {level['name']}"


def _altered() -> Iterator[str]:
    for version in AwardVersion.objects.select_related("award_list__edition"):
        if hashlib.sha256(version.inputs.encode()).hexdigest() != version.sha256 or not json.loads(version.inputs):
            yield f"{version.award_list} {version}"
