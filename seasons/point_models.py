"""The points ledger (积分账, G31): facts, the lines that came of them, and the running totals that the database keeps.

Lines are only ever added; what was wrong is taken back by a line that reverses it. `Standing` and `Tally` follow from
the lines by trigger, so that whoever posts, the ladder agrees with the ledger; `seasons.invariants` counts it again.
"""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.audit.history import APPEND_ONLY_TRIGGERS, tracked
from core.files.models import SHA256
from judging.models import Snapshot
from registrations.entry_models import Entry, Member
from tracks.models import Edition

from . import record_states
from .point_guards import MIRROR, MONTH, TOTAL
from .service_models import ServiceRecord
from .theme_models import Season

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.accounts.models import User


@tracked()
class Ladder(models.Model):
    """One edition's points season (积分赛季): the lock that every posting takes, and whether it is frozen."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="ladder", verbose_name="届次")
    posted_at = models.DateTimeField("最近入账", null=True, blank=True)
    frozen_at = models.DateTimeField("冻结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分赛季"

    def __str__(self) -> str:
        return f"{self.edition} 积分赛季"


class RuleSet(models.Model):
    """The point rules exactly as an edition's text had them when something was posted by them."""

    append_only = True

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rule_sets", verbose_name="届次")
    sha256 = models.CharField("规则文件 SHA-256", max_length=64, validators=[RegexValidator(SHA256)])
    rules = models.JSONField("积分规则")  # a list of `rules.points.Rule`, points as text
    made_at = models.DateTimeField("启用时间")

    class Meta:
        verbose_name = verbose_name_plural = "积分规则版本"
        ordering = ["edition", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "sha256"], name="one_rule_set_a_text")]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return self.sha256[:12]


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent("voided", condition=pgtrigger.Q(old__voided_at__isnull=True, new__voided_at__isnull=False)),
    personal=("reason",),
)
class PointFact(models.Model):
    """Something that earns points, as it was approved (计分事实): a record that passed, a prize, a bonus.

    A record that passes again after a second look makes another fact; the first is void then.
    """

    KINDS = [("service", "服务记录"), ("prize", "月度主题奖项"), ("bonus", "加分")]

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="point_facts", verbose_name="报名")
    kind = models.CharField("种类", max_length=10, choices=KINDS)
    record = models.ForeignKey(
        ServiceRecord, models.PROTECT, null=True, blank=True, related_name="facts", verbose_name="服务记录"
    )
    season = models.ForeignKey(Season, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="月度主题")
    month = models.CharField("月份", max_length=7, validators=[RegexValidator(MONTH)])
    earned_at = models.DateTimeField("取得时间")
    minutes = models.PositiveIntegerField("时长（分钟）", default=0)
    audience = models.PositiveIntegerField("受众人数", default=0)
    level = models.CharField("奖项等级", max_length=40, blank=True)
    snapshot = models.ForeignKey(  # the public ranking that a theme's prize follows from; None: granted by hand
        Snapshot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据的排名"
    )
    rule = models.CharField("加分规则", max_length=40, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="认定人")
    at = models.DateTimeField("认定时间")
    posted_at = models.DateTimeField("入账时间", null=True, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计分事实"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["entry"], condition=Q(posted_at=None, voided_at=None), name="facts_to_post"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=Q(voided_at=None), name="one_fact_a_record"),
            models.UniqueConstraint(
                fields=["entry", "season"], condition=Q(kind="prize", voided_at=None), name="one_prize_a_theme"
            ),
            models.CheckConstraint(
                condition=Q(kind="service", record__isnull=False)
                | Q(kind="prize", season__isnull=False, record=None)
                | Q(kind="bonus", record=None) & ~Q(rule=""),
                name="fact_of_its_kind",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="fact_stays", exclude=["posted_at", "voided_at", "reason"]),
            pgtrigger.Protect(name="fact_remains", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__posted_at__isnull=False, new__posted_at__df=pgtrigger.F("old__posted_at"))
                | pgtrigger.Q(old__voided_at__isnull=False, new__voided_at__df=pgtrigger.F("old__voided_at")),
                func="RAISE EXCEPTION 'a fact is posted once and voided once';",
            ),
        ]

    def __str__(self) -> str:
        return str(self.record) if self.record else f"{self.get_kind_display()} {self.reason}"


class PointEntryQuerySet(models.QuerySet["PointEntry"]):
    """Lines of the ledger by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "PointEntryQuerySet":
        """The entry's people their own; contacts those of their tracks; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        mine = Member.objects.filter(user=user, left_at=None)
        return self.filter(Q(entry__in=mine.values("entry")) | Q(entry__track__in=user.track_contacts.values("track")))

    def standing(self) -> "PointEntryQuerySet":
        """Those that were not taken back, and take nothing back."""
        return self.filter(reverses=None, reversed_by=None)


class PointEntry(models.Model):
    """One line of the ledger (积分账目): never changed, never deleted; a wrong one is reversed, with a reason."""

    append_only = True

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="points", db_index=False, verbose_name="报名")
    fact = models.ForeignKey(PointFact, models.PROTECT, related_name="lines", db_index=False, verbose_name="事实")
    rule = models.CharField("规则", max_length=40, blank=True)  # its code; empty: no rule applies
    rules = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", db_index=False, verbose_name="规则版本")
    month = models.CharField("月份", max_length=7)
    earned_at = models.DateTimeField("取得时间")
    worth = models.DecimalField("上限前分值", max_digits=9, decimal_places=2)
    points = models.DecimalField("积分", max_digits=9, decimal_places=2)
    said = models.CharField("怎么算的", max_length=300, blank=True)
    turn = models.PositiveSmallIntegerField("次", default=0)  # of this fact and rule: 0, then one for each correction
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="reversed_by", verbose_name="冲正"
    )
    posted_at = models.DateTimeField("入账时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name="经办人",
    )  # fmt: skip
    reason = models.CharField("理由", max_length=200, blank=True)

    objects = PointEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分账目"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["entry", "id"], name="passbook")]
        constraints = [
            models.UniqueConstraint(
                fields=["fact", "rule", "turn"], condition=Q(reverses=None), name="one_line_a_fact_and_rule"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="a_line_is_reversed_once"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, points__gte=0) | Q(reverses__isnull=False, points__lte=0) & ~Q(reason=""),
                name="only_reversals_take_away",
            ),
        ]
        triggers = [
            *APPEND_ONLY_TRIGGERS,
            pgtrigger.Trigger(
                name="reversal_mirrors",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__reverses__isnull=False),
                func=MIRROR,
            ),
            pgtrigger.Trigger(
                name="total",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="added"),
                func=TOTAL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.said}"


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Disputes by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "DisputeQuerySet":
        """Whoever sees the line."""
        return self if user.is_superuser else self.filter(line__in=PointEntry.objects.visible_to(user))


@tracked(personal=("words", "answer"))
class Dispute(models.Model):
    """A question about one line of the passbook (积分异议), and the contact's answer."""

    STATES = record_states.DISPUTE

    line = models.ForeignKey(PointEntry, models.PROTECT, related_name="disputes", verbose_name="账目")
    state = models.CharField(
        "状态", max_length=10, choices=record_states.DISPUTE.choices, default=record_states.DISPUTE.initial
    )
    words = models.CharField("异议", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间")
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分异议"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(state="asked"), name="one_open_dispute_a_line")
        ]
        triggers = [
            *record_states.DISPUTE.triggers(),
            pgtrigger.ReadOnly(name="dispute_stays", fields=["line", "by", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"积分异议 {self.pk}"
