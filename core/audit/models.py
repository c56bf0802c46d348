"""The ledger of what was blanked in history, what the checks of all invariants found, when backups were made."""

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


class Checkup(models.Model):
    """One run of every invariant (数据自检): what must hold, and how many things break it. Append-only.

    Names of the things are left out, since they may name people; `manage.py invariants` tells them.
    """

    append_only = True

    at = models.DateTimeField("时间", db_default=Now())
    seconds = models.DecimalField("用时（秒）", max_digits=8, decimal_places=2)
    checks = ArrayField(models.CharField(max_length=200), verbose_name="应当成立")
    broken = ArrayField(models.PositiveIntegerField(), verbose_name="不成立的件数")  # one number a check

    class Meta:
        verbose_name = verbose_name_plural = "数据自检"
        ordering = ["-pk"]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.at:%F %T} {len(self.checks)} 项"

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """(what must hold, things that break it), what is broken first."""
        return sorted(zip(self.checks, self.broken, strict=True), key=lambda pair: -pair[1])

    @property
    def failing(self) -> int:
        """Checks that something breaks."""
        return sum(1 for count in self.broken if count)


class BackupMark(models.Model):
    """A backup was made, or one was restored elsewhere and looked through (备份记录). Append-only.

    Backups are made outside the portal, which cannot see them: whoever makes one has `manage.py backup` say so.
    """

    append_only = True

    at = models.DateTimeField("时间", db_default=Now())
    bytes = models.PositiveBigIntegerField("大小（字节）", null=True)  # of all files of the backup; None for a drill
    drill = models.BooleanField("恢复演练通过", null=True)  # None for a backup

    class Meta:
        verbose_name = verbose_name_plural = "备份记录"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bytes=None, drill__isnull=False) | models.Q(bytes__gt=0, drill=None),
                name="a_backup_or_a_drill",
            )
        ]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.at:%F %T} {'备份' if self.drill is None else '恢复演练'}"
