"""What came of it: the checks, and the totals."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import F, Sum

from core.jobs.models import Job
from core.notices import mailbox
from core.notices.models import Channel, Notice
from registrations.models import RecommendationRow, UnitQuota

from .. import invariants
from . import awards, certificates, entries, judging, paper, placements, points, training, works
from .hands import apart
from .scene import Scene
from .ways import WAYS

VERDICTS = ("new", "changed", "unchanged", "wrong")


def check(scene: Scene) -> None:
    """What must always hold, and what the rehearsal itself knows."""
    looks: list[Callable[[], Any]] = [mailbox.arrivals, invariants.check]
    scene.arrivals, findings = apart(looks) if scene.hands > 1 else [look() for look in looks]
    sent = set(Notice.objects.filter(state="sent", channel=Channel.EMAIL).values_list("message_id", flat=True))
    astray = len(sent ^ scene.arrivals.keys())
    scene.expect(not astray, f"{astray} 封邮件记为已发送却没有收到，或收到却没有记下")
    for job in Job.objects.exclude(state="done"):
        scene.expect(False, f"任务没有完成：{job}")
    scene.findings = [*findings, ("服务的每次接受与拒绝都如预期", scene.surprises)]


def summary(scene: Scene) -> dict[str, Any]:
    """The totals, a key for each part of the year; all of it follows from units and seed."""
    quotas = UnitQuota.objects.filter(edition=scene.edition, unit__in=[desk.unit for desk in scene.desks])
    rows = RecommendationRow.objects.filter(edition=scene.edition)
    held = Counter(rows.holding().values_list("recommendation__unit", flat=True))
    limits = dict(quotas.values_list("unit", "limit"))
    notices = Counter(Notice.objects.values_list("state", flat=True))
    delivered = scene.arrivals
    ways = Counter(desk.way for desk in scene.desks)
    return {
        "units": {
            "total": len(scene.desks),
            "submitted": quotas.filter(taken__gt=0).count(),
            "full": quotas.filter(taken__gt=0, taken=F("limit")).count(),
            "ways": {way: ways[way] for way in WAYS},
        },
        "places": {
            "limit": sum(limit or 0 for limit in limits.values()),
            "taken": quotas.aggregate(taken=Sum("taken"))["taken"] or 0,
            "over": sum(max(0, count - (limits[unit] or 0)) for unit, count in held.items()),
            "rows": {
                "submitted": rows.holding().count(),
                "approved": rows.filter(state="approved").count(),
                "returned": rows.filter(state="returned").count(),
            },
            "workbooks": {
                "previewed": scene.counts["workbooks"],
                **{verdict: scene.counts[f"workbooks.{verdict}"] for verdict in VERDICTS},
            },
            "scans": paper.totals(scene),
        },
        "entries": entries.totals(scene),
        "works": works.totals(scene),
        "training": training.totals(scene),
        "points": points.totals(scene) | {"placements": placements.totals(scene)},
        "judging": judging.totals(scene),
        "ballots": dict(scene.truth.ballots),
        "awards": awards.totals(scene),
        "certificates": certificates.totals(scene),
        "notices": {
            "sent": notices["sent"],
            "failed": notices["failed"] + notices["unknown"],
            "duplicates": delivered.total() - len(delivered),
        },
        "invariants": {
            "checked": len(scene.findings),
            "broken": [f"{name}：{thing}" for name, things in scene.findings for thing in things],
        },
    }
