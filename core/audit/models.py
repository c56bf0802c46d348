"""The ledger of what was blanked in history."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from .history import APPEND_ONLY_TRIGGERS


class Redaction(models.Model):
    """Personal columns of some things' history were blanked (历史脱敏). Written by the database's own procedure, so
    that nothing is blanked without a line here. Append-only."""

    append_only = True

    at = models.DateTimeField("时间", db_default=Now())
    history = models.CharField("历史表", max_length=100)
    things = ArrayField(models.CharField(max_length=64), verbose_name="对象编号")
    columns = ArrayField(models.CharField(max_length=63), verbose_name="栏目")
    context = models.JSONField("办理", null=True)  # verb and actor, as in the history

    class Meta:
        verbose_name = verbose_name_plural = "历史脱敏记录"
        ordering = ["-pk"]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.history} {len(self.things)} 项"
