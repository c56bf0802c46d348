"""推选参赛 (G5, Q9): which entries go from a theme's training into the contest."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from registrations.entry_models import Entry

from . import training_states as states
from .theme_models import Season

if TYPE_CHECKING:
    from core.accounts.models import User


class AdvanceQuerySet(models.QuerySet["Advance"]):
    """Decisions by who may see them."""

    def visible_to(self, user: "User") -> "AdvanceQuerySet":
        """An entry's people see what is published; contacts those of their tracks; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        own = Q(state="published", entry__people__user=user, entry__people__left_at=None)
        mine = self.model.objects.filter(own).values("pk")
        return self.filter(Q(pk__in=mine) | Q(entry__track__in=user.track_contacts.values("track")))


@tracked(personal=("reason",))
class Advance(models.Model):
    """What was decided of one entry in one theme, with the figures it was decided on.

    `by_rule` is what the edition's rule says; `goes` differs from it only with a reason.
    """

    STATES = states.ADVANCE

    season = models.ForeignKey(Season, models.PROTECT, related_name="advances", verbose_name="主题")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="advances", verbose_name="报名")
    goes = models.BooleanField("推选参赛")
    by_rule = models.BooleanField("按规则")
    attended = models.PositiveIntegerField("出勤分钟", default=0)
    held = models.PositiveIntegerField("应到分钟", default=0)
    why = models.CharField("依据", max_length=300, blank=True)
    reason = models.CharField("调整理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=states.ADVANCE.choices, default=states.ADVANCE.initial)
    decided_at = models.DateTimeField("决定时间")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)

    objects = AdvanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推选参赛"
        ordering = ["season", "entry"]
        constraints = [
            models.UniqueConstraint(fields=["season", "entry"], name="one_decision_a_theme"),
            models.CheckConstraint(
                condition=Q(goes=F("by_rule")) | ~Q(reason=""),
                name="adjusted_with_a_reason",
                violation_error_message="与规则不同的决定要写明理由",
            ),
            models.CheckConstraint(condition=Q(attended__lte=F("held")), name="attended_within_held"),
        ]
        triggers = [
            *states.ADVANCE.triggers(),
            pgtrigger.ReadOnly(name="advance_stays", fields=["season", "entry"]),
        ]

    def __str__(self) -> str:
        return f"{self.entry}：{'推选参赛' if self.goes else '未推选'}"
