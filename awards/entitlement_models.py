"""Entitlements (奖励权益, G37–G39, G42): what follows from a final prize, for whom, granted or a chance."""

import pgtrigger
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from tracks.models import Edition

from . import states
from .list_models import HOLDERS, AwardLine


@tracked(personal=("name", "note"))
class Entitlement(models.Model):
    """One holder's entitlement from one line of a final list."""

    STATES = states.ENTITLEMENT

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="entitlements", verbose_name="届次")
    code = models.CharField("权益", max_length=40)  # the edition's
    line = models.ForeignKey(AwardLine, models.PROTECT, related_name="entitlements", verbose_name="凭哪项奖")
    holder = models.CharField("持有者种类", max_length=12, choices=HOLDERS)
    name = models.CharField("持有者", max_length=200)
    state = models.CharField(
        "状态", max_length=10, choices=states.ENTITLEMENT.choices, default=states.ENTITLEMENT.initial
    )
    months = models.PositiveSmallIntegerField("月数", null=True, blank=True)
    value_yuan = models.PositiveIntegerField("价值（元）", null=True, blank=True)
    made_at = models.DateTimeField("产生时间")
    granted_at = models.DateTimeField("授予时间", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    carried_to = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="carried_entitlements", verbose_name="转入届次"
    )

    class Meta:
        verbose_name = verbose_name_plural = "奖励权益"
        ordering = ["edition", "code", "line", "holder"]
        constraints = [
            models.UniqueConstraint(fields=["code", "line", "holder"], name="one_entitlement_a_holder"),
            models.CheckConstraint(
                condition=Q(state="candidate", granted_at=None) | Q(state="granted", granted_at__isnull=False),
                name="granted_entitlements_say_when",
            ),
        ]
        triggers = [
            *states.ENTITLEMENT.triggers(),
            pgtrigger.ReadOnly(name="entitlement_stays", fields=["edition", "code", "line", "holder", "made_at"]),
            pgtrigger.Protect(name="entitlement_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.title}"

    @property
    def title(self) -> str:
        """What the edition calls it."""
        return self.edition.rulebook.entitlement(self.code).name
