"""The ground floor's own rows."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class ClockOffset(models.Model):
    """How far contest time is from real time: one row, in demo and rehearsal only (`core.clock`)."""

    id = models.BooleanField(primary_key=True, default=True)
    offset = models.DurationField("与真实时间的差")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=True), name="only_one_clock")]

    def __str__(self) -> str:
        return str(self.offset)


class FormKey(models.Model):
    """A form somebody has sent (表单凭据): sent again, it gets the same answer and has no second effect (R6)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="提交人")
    key = models.UUIDField("凭据")
    request_hash = models.CharField("内容摘要", max_length=64, blank=True)
    status = models.PositiveSmallIntegerField("应答", default=0)
    location = models.CharField("去处", max_length=2000, blank=True)  # where the answer led, or what was made
    told = models.JSONField("提示", default=list)  # the messages that went with it: [level, words]
    created_at = models.DateTimeField("时间", default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_effect_a_form")]

    def __str__(self) -> str:
        return str(self.key)
