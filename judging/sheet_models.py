"""Score sheets (评分表) and their marks. The guards in the database decide whether a score is still taken."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.audit.history import tracked

from . import states
from .guards import MARK_GUARD, SHEET_GUARD
from .judge_models import Assignment
from .round_models import Criterion, Round

if TYPE_CHECKING:
    from core.accounts.models import User


class SheetQuerySet(models.QuerySet["ScoreSheet"]):
    """Sheets by who may see them."""

    def of(self, user: "User") -> "SheetQuerySet":
        """A judge's own, of the works that are before them now."""
        return self.filter(assignment__in=Assignment.objects.of(user))

    def visible_to(self, user: "User") -> "SheetQuerySet":
        """The organiser sees those of the rounds that they oversee; a contact sees none before publication."""
        if not (user.is_active and user.is_superuser):
            return self.none()
        return self.filter(round__in=Round.objects.visible_to(user))

    def counted(self) -> "SheetQuerySet":
        """Those that a ranking is made of: signed, not abstained, their work and assignment still there."""
        return self.filter(
            state="signed", total__isnull=False, assignment__state="active", assignment__candidate__state="in"
        )


@tracked(exclude=("saved_at", "key", "version"), personal=("comment", "abstained"))
class ScoreSheet(models.Model):
    """One judge's scores for one work. `total`, on the round's scale, follows from the marks; None while one is
    missing.

    Signed, it stands: every later change is a new revision, opened by the organiser with a reason; what it said
    before stays in its history.
    """

    STATES = states.SHEET

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="sheet", verbose_name="分配")
    round = models.ForeignKey(Round, models.PROTECT, related_name="sheets", editable=False)  # set by the database
    state = models.CharField("状态", max_length=12, choices=states.SHEET.choices, default=states.SHEET.initial)
    total = models.DecimalField("合计", max_digits=9, decimal_places=4, null=True, blank=True)
    comment = models.CharField("评语", max_length=1000, blank=True)
    abstained = models.CharField("弃权理由", max_length=300, blank=True)
    revision = models.PositiveSmallIntegerField("修订", default=0)
    version = models.PositiveIntegerField("保存次数", default=0, editable=False)  # a second tab finds itself behind
    key = models.UUIDField(
        "最近一次保存", null=True, blank=True, editable=False
    )  # a queue's second sending is known by it
    saved_at = models.DateTimeField("保存时间")
    signed_at = models.DateTimeField("签名时间", null=True, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评分表"
        indexes = [models.Index(fields=["round", "state"], name="sheet_progress")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("submitted", "signed")) | Q(total__isnull=False) | ~Q(abstained=""),
                name="sheet_is_complete",
            ),
            models.CheckConstraint(condition=~Q(state="abstained") | ~Q(abstained=""), name="abstained_with_reason"),
            models.CheckConstraint(condition=~Q(state="signed") | Q(signed_at__isnull=False), name="signed_when"),
        ]
        triggers = [
            *states.SHEET.triggers(),
            pgtrigger.ReadOnly(name="sheet_stays", fields=["assignment", "round"]),
            pgtrigger.Protect(name="sheet_remains", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_score_is_taken",  # names decide the order: before the state's own triggers
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                declare=[
                    ("its_round", "bigint"),
                    ("held", "text"),
                    ("its_state", "text"),
                    ("opens", "timestamptz"),
                    ("closes", "timestamptz"),
                    ("moment", "timestamptz"),
                ],
                func=SHEET_GUARD,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.code} {self.get_state_display()}"


@tracked()
class ScoreMark(models.Model):
    """The points for one criterion, on the round's scale (0 to `points_max`)."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="marks", verbose_name="评分表")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name="评审要点")
    points = models.DecimalField("分数", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "要点分"
        constraints = [models.UniqueConstraint(fields=["sheet", "criterion"], name="one_mark_a_criterion")]
        triggers = [
            pgtrigger.ReadOnly(name="mark_stays", fields=["sheet", "criterion"]),
            pgtrigger.Trigger(
                name="a_mark_is_taken",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("its_round", "bigint"), ("held", "text"), ("its_state", "text"), ("most", "integer")],
                func=MARK_GUARD,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.points}"


@tracked(pghistory.InsertEvent(), pghistory.UpdateEvent(), personal=("reason",))
class SecondLook(models.Model):
    """The organiser asks a judge to look at a signed sheet again (请评委重看), say for a wide spread (极差)."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="second_looks", verbose_name="评分表")
    reason = models.CharField("理由", max_length=300)
    before = models.DecimalField("原合计", max_digits=9, decimal_places=4, null=True)
    after = models.DecimalField("重看后合计", max_digits=9, decimal_places=4, null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("重新签名时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "重看"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet"], condition=Q(answered_at=None), name="one_open_second_look")
        ]
        triggers = [pgtrigger.ReadOnly(name="second_look_stays", fields=["sheet", "reason", "before", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.sheet} 重看"
