"""What must always hold of volunteer forces."""

from collections.abc import Iterator

from django.db.models import F

from core.audit.invariants import Finding

from .models import Force, ForceMember


def invariants() -> Iterator[Finding]:
    """Whoever is linked to a force is of one of its own unit's entries; every force has its people and a name."""
    row = "member__entry__row__recommendation__unit"
    strangers = ForceMember.objects.exclude(**{row: F("force__unit")})
    yield "志愿服务队里的参赛者都来自本单位推荐的报名", [f"{one.force_id}：{one.member_id}" for one in strangers[:20]]
    nameless = Force.objects.filter(name="")
    yield "志愿服务队都有按规则组成的名称", [f"队伍 {one.pk}" for one in nameless[:20]]
