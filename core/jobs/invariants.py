"""What must always hold of background work."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from core.audit.invariants import Finding

from . import states
from .models import Job
from .registry import handlers

PATIENCE = timedelta(minutes=10)  # the sweep comes every 30 s; whatever is due for so long has been forgotten


def invariants() -> Iterator[Finding]:
    """Every job is done, or about to be."""
    yield "没有放弃的后台任务", [str(job) for job in Job.objects.filter(state=states.DEAD)]
    late = Q(state=states.WAITING, not_before__lt=Now() - PATIENCE)
    late |= Q(state=states.RUNNING, lease_until__lt=Now() - PATIENCE)
    yield "后台任务没有积压", [str(job) for job in Job.objects.filter(late)]
    yield "每种后台任务都有人会做", [str(job) for job in Job.objects.exclude(kind__in=handlers)]
    unfinished = Job.objects.filter(state=states.DONE, finished=None)
    yield "完成的后台任务都有结束时间", [str(job) for job in unfinished]
