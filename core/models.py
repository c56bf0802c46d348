"""The ground floor's own rows."""

from django.db import models


class ClockOffset(models.Model):
    """How far contest time is from real time: one row, in demo and rehearsal only (`core.clock`)."""

    id = models.BooleanField(primary_key=True, default=True)
    offset = models.DurationField("与真实时间的差")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=True), name="only_one_clock")]

    def __str__(self) -> str:
        return str(self.offset)
