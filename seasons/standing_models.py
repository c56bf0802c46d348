"""Who stands where (积分榜): running totals that the database keeps, and the standings as they were frozen."""

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import APPEND_ONLY_TRIGGERS
from core.files.models import SHA256, StoredFile
from registrations.entry_models import Entry
from tracks.models import Edition, Track

from .point_guards import COME, COUNTED, LEAVE, MOVED, TALLY


class Standing(models.Model):
    """An entry's points, of all time (period '') or of a month; written by the database alone."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", db_index=False, verbose_name="届次")
    track = models.ForeignKey(Track, models.PROTECT, related_name="+", db_index=False, verbose_name="赛道")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="standings", db_index=False, verbose_name="报名")
    period = models.CharField("月份", max_length=7, blank=True)
    points = models.DecimalField("积分", max_digits=12, decimal_places=2)
    lines = models.PositiveIntegerField("笔数")
    attained_at = models.DateTimeField("达到时间", null=True)  # None: nothing stands
    in_ladder = models.BooleanField("参加排名")

    class Meta:
        verbose_name = verbose_name_plural = "积分合计"
        indexes = [
            models.Index(
                F("edition"), F("period"), F("points").desc(), F("attained_at"), F("entry"),
                condition=Q(in_ladder=True, points__gt=0), name="ladder_of_all",
            ),
            models.Index(
                F("track"), F("period"), F("points").desc(), F("attained_at"), F("entry"),
                condition=Q(in_ladder=True, points__gt=0), name="ladder_of_a_track",
            ),
        ]  # fmt: skip
        constraints = [models.UniqueConstraint(fields=["entry", "period"], name="one_standing_a_period")]
        triggers = [
            COUNTED,
            pgtrigger.Trigger(
                name="tally_come",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="come"),
                func=TALLY.format(steps=COME),
            ),
            pgtrigger.Trigger(
                name="tally_moved",
                level=pgtrigger.Statement,
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(old="gone", new="come"),
                func=TALLY.format(steps=MOVED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.period or '总'} {self.points}"


class Tally(models.Model):
    """How many entries of a track have exactly so many points in a period; written by the database alone."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", db_index=False, verbose_name="届次")
    period = models.CharField("月份", max_length=7, blank=True)
    track = models.ForeignKey(Track, models.PROTECT, related_name="+", db_index=False, verbose_name="赛道")
    points = models.DecimalField("积分", max_digits=12, decimal_places=2)
    entries = models.IntegerField("报名数")

    class Meta:
        verbose_name = verbose_name_plural = "同分计数"
        constraints = [
            models.UniqueConstraint(fields=["edition", "period", "track", "points"], name="one_tally_a_score")
        ]
        triggers = [COUNTED]

    def __str__(self) -> str:
        return f"{self.points}：{self.entries}"


class LadderEntry(Entry):
    """The entry as the ladder sees it: one that leaves the contest leaves the ladder."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "排名中的报名"
        triggers = [
            pgtrigger.Trigger(
                name="leaves_ladder",
                operation=pgtrigger.UpdateOf("state", "track_id"),
                when=pgtrigger.After,
                func=LEAVE,
            ),
        ]


class PointSnapshot(models.Model):
    """The standings as they were frozen (积分快照): their hash, and a bundle by which anybody counts them again."""

    append_only = True

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="point_snapshots", verbose_name="届次")
    number = models.PositiveSmallIntegerField("版次")
    made_at = models.DateTimeField("生成时间")
    entries = models.PositiveIntegerField("上榜数")
    lines = models.PositiveIntegerField("账目数")
    # [{rank, entry, number, points, attained_at}], those who share the last rank too.
    top = models.JSONField("入选名单")
    undecided = models.PositiveSmallIntegerField("与末位同名次")  # who share the rank on which the cut falls
    sha256 = models.CharField("SHA-256", max_length=64, validators=[RegexValidator(SHA256)])  # of standings.csv
    bundle = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="重算包")

    class Meta:
        verbose_name = verbose_name_plural = "积分快照"
        ordering = ["edition", "-number"]
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="one_point_snapshot_a_number")]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"第 {self.number} 版"
