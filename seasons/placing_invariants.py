"""What must always hold of needs, offers and placements."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from core.audit.invariants import Finding, states_are_legal

from .models import Need, Offer, Placement, ServiceRecord
from .placing_states import PLACEMENT_HELD


def invariants() -> Iterator[Finding]:
    """No need is overfull, both have confirmed what is confirmed, nobody is at two places on a day."""
    for model in (Need, Offer, Placement):
        yield states_are_legal(model)
    held = Count("placements", filter=Q(placements__state__in=PLACEMENT_HELD))
    wrong = Need.objects.annotate(held=held).exclude(taken=F("held"))
    yield "需求的已安排数等于名下的安排", [str(one.pk) for one in wrong]
    over = Need.objects.filter(taken__gt=F("capacity"))
    yield "安排不超过需要的队伍数", [str(one.pk) for one in over]
    alone = Placement.objects.filter(state="confirmed").filter(
        Q(venue_at=None) | Q(entry_at=None) | Q(venue_by=None) | Q(entry_by=None)
    )
    yield "确认的安排双方都答复过", [str(one.pk) for one in alone]
    twice = Placement.objects.held().values("entry", "day").annotate(count=Count("pk")).filter(count__gt=1)
    yield "一份报名一天只有一项安排", [f"报名 {one['entry']} {one['day']}" for one in twice]
    other = Placement.objects.exclude(need__edition=F("entry__edition"))
    yield "需求和报名是同一届的", [str(one.pk) for one in other]
    stranded = Placement.objects.held().filter(need__state__in=("draft", "cancelled"))
    yield "取消的需求名下没有安排", [str(one.pk) for one in stranded]
    moved = [str(one.pk) for one in Placement.objects.held().select_related("need") if one.need.day != one.day]
    yield "安排的日期是需求的日期", moved
    strange = ServiceRecord.objects.exclude(placement=None).exclude(entry=F("placement__entry"))
    strange = strange | ServiceRecord.objects.exclude(placement=None).exclude(placement__state="confirmed")
    yield "服务记录出自本队确认过的安排", [str(one.pk) for one in strange]
