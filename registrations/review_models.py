"""What the contacts of tracks keep beside the rows: their reply phrases, and who took a 汇总表 away."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.audit.history import APPEND_ONLY_TRIGGERS, tracked
from tracks.models import Edition, Track

if TYPE_CHECKING:
    from core.accounts.models import User


class PhraseQuerySet(models.QuerySet["ReplyPhrase"]):
    """Phrases by who may use and edit them."""

    def visible_to(self, user: "User") -> "PhraseQuerySet":
        """A contact's own tracks' phrases; all for the organiser."""
        if not user.is_active or user.is_superuser:
            return self if user.is_active else self.none()
        return self.filter(track__in=user.track_contacts.values("track"))

    def for_track(self, track_id: int | None) -> "PhraseQuerySet":
        """Those offered when a row of this track goes back."""
        return self.filter(Q(track=track_id) | Q(track=None))


@tracked()
class ReplyPhrase(models.Model):
    """A reason for returning a row, written once and used often (常用退回理由)."""

    track = models.ForeignKey(
        Track,
        models.CASCADE,
        related_name="phrases",
        null=True,
        blank=True,
        verbose_name="赛道",
        help_text="留空表示各赛道通用",
    )
    words = models.CharField("内容", max_length=200, help_text="写清哪一栏、怎么改")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用退回理由"
        ordering = ["track__position", "position", "pk"]

    def __str__(self) -> str:
        return self.words


@tracked()
class SummaryExport(models.Model):
    """Somebody took a 汇总表 away (导出记录): who, how many rows, whether phones were whole, and why. Append-only."""

    append_only = True

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name="届次")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导出人")
    at = models.DateTimeField("时间", default=timezone.now)  # history keeps real time
    scope = models.CharField("范围", max_length=200)
    rows = models.PositiveIntegerField("行数")
    whole_phones = models.BooleanField("含完整电话")
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "汇总表导出记录"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(whole_phones=False) | ~Q(reason=""),
                name="whole_phones_need_a_reason",
                violation_error_message="导出完整电话要写明理由",
            )
        ]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.scope} {self.rows} 行"
