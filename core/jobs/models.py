"""The queue of record, the slots of periodic work, and who was last seen alive."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from core.audit.history import tracked

from . import states
from .registry import handlers


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by what a worker may do with them; by the database's clock, in real time."""

    def due(self) -> "JobQuerySet":
        """Those a worker may claim now: waiting and ripe, or left behind by a worker that died."""
        return self.filter(
            Q(state=states.WAITING, not_before__lte=Now()) | Q(state=states.RUNNING, lease_until__lte=Now())
        )


@tracked(
    pghistory.UpdateEvent("retried", condition=pgtrigger.Q(old__state=states.DEAD)),
    exclude=("payload", "last_error"),
)
class Job(models.Model):
    """One piece of work to be done once (后台任务); `(kind, key)` names it for ever."""

    STATES = states.JOB

    kind = models.CharField("种类", max_length=60)
    key = models.CharField("对象", max_length=200)
    payload = models.JSONField("参数", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=STATES.choices, default=STATES.initial)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    not_before = models.DateTimeField("不早于", db_default=Now())
    lease_until = models.DateTimeField("租约至", null=True, blank=True)
    leased_by = models.CharField("执行者", max_length=120, blank=True)
    last_error = models.TextField("最近错误", blank=True)
    created = models.DateTimeField("创建于", db_default=Now())
    finished = models.DateTimeField("结束于", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="job_once")]
        indexes = [
            models.Index(
                fields=["kind", "not_before"],
                name="job_open",
                condition=Q(state__in=[states.WAITING, states.RUNNING]),
            )
        ]
        triggers = states.JOB.triggers()

    def __str__(self) -> str:
        return f"{self.label} {self.key}"

    @property
    def label(self) -> str:
        """What staff call its kind; the kind itself where nobody does such work any more."""
        return handlers[self.kind].label if self.kind in handlers else self.kind


class Tick(models.Model):
    """A slot of periodic work that somebody has taken; two beats cannot take the same one."""

    task = models.CharField("任务", max_length=60)
    slot = models.DateTimeField("时段")
    taken = models.DateTimeField("执行于", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "定时任务时段"
        constraints = [models.UniqueConstraint(fields=["task", "slot"], name="tick_once")]

    def __str__(self) -> str:
        return f"{self.task} {self.slot:%F %T}"


class Heartbeat(models.Model):
    """When beat and workers were last seen alive; the health check reads it."""

    LABELS = {"beat": "定时器", "worker": "后台进程"}

    name = models.CharField("名称", max_length=30, primary_key=True)
    at = models.DateTimeField("最近一次", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "心跳"

    def __str__(self) -> str:
        return f"{self.label} {timezone.localtime(self.at):%F %T}"

    @property
    def label(self) -> str:
        """In Chinese."""
        return self.LABELS.get(self.name, self.name)
