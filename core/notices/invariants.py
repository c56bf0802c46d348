"""What must always hold of notices."""

from collections.abc import Iterator

from django.db.models import Count, QuerySet

from core.audit.invariants import Finding, states_are_legal
from core.jobs.models import Job
from core.jobs.states import RUNNING, WAITING

from . import states
from .models import Notice
from .services import JOB


def invariants() -> Iterator[Finding]:
    """Each notice exists once, and is on its way or has an outcome."""
    cause = ("template", "content_type", "object_id", "occasion")
    yield "同一件事对同一地址只通知一次", _twice(Notice.objects.exclude(address=""), *cause, "address")
    yield "每封通知的邮件编号只有一个", _twice(Notice.objects.exclude(message_id=""), "message_id")
    yield "发出的通知都有发出时间", _named(Notice.objects.filter(state=states.SENT, sent=None))
    working = Job.objects.filter(kind=JOB, state__in=[WAITING, RUNNING]).values_list("payload__notice", flat=True)
    waiting = Notice.objects.filter(state__in=[states.QUEUED, states.SENDING])
    yield "待发的通知都有投递任务", _named(waiting.exclude(pk__in=list(working)))
    yield states_are_legal(Notice)


def _twice(rows: QuerySet[Notice], *fields: str) -> list[str]:
    """The groups of rows that share these fields; told without addresses."""
    groups = rows.order_by().values(*fields).annotate(times=Count("pk")).filter(times__gt=1)
    return [f"{group.get('template', '邮件编号')} {group.get('object_id', '')} ×{group['times']}" for group in groups]


def _named(rows: QuerySet[Notice]) -> list[str]:
    return [f"通知 {notice.pk} {notice.label}" for notice in rows]
