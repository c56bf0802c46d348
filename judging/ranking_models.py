"""Frozen results: what a ranking was made of and what came out. Never changed; a later change makes a new snapshot."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from core.audit.history import APPEND_ONLY_TRIGGERS, tracked
from core.files.models import SHA256

from .round_models import AdvanceRule, Candidate, Round


class Snapshot(models.Model):
    """One frozen ranking of a round (排名快照): exact inputs with their hash, and the outcome."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="snapshots", verbose_name="轮次")
    number = models.PositiveSmallIntegerField("版次")
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="生成人"
    )
    reason = models.CharField("缘由", max_length=300, blank=True)  # of a second one: who left, what was decided
    method = models.CharField("合成方法", max_length=20)
    inputs = models.TextField(
        "冻结的输入"
    )  # `rules.ranking.text_of`: rules, works, anonymous marks, ballots, decisions
    sha256 = models.CharField("SHA-256", max_length=64, validators=[RegexValidator(SHA256)])  # of `inputs`
    result = models.JSONField("结果")  # `rules.ranking.result_of`: ranking, ties step by step, notes, severities
    works = models.PositiveIntegerField("作品数")
    judges = models.PositiveIntegerField("评委数")
    sheets = models.PositiveIntegerField("评分份数")

    class Meta:
        verbose_name = verbose_name_plural = "排名快照"
        ordering = ["round", "-number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="one_snapshot_a_number")]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.round} 第 {self.number} 版"


class RankingRow(models.Model):
    """One work's place in a snapshot, with what led to it; decimals as they were rounded."""

    append_only = True

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="rows", verbose_name="快照")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="places", verbose_name="参评作品")
    rank = models.PositiveIntegerField("名次", null=True)  # None: no score, so no rank
    position = models.PositiveIntegerField("次序")
    score = models.DecimalField("得分", max_digits=12, decimal_places=4, null=True)
    mean = models.DecimalField("原始均分", max_digits=12, decimal_places=4, null=True)
    standard = models.DecimalField("标准分", max_digits=12, decimal_places=4, null=True)
    adjusted = models.DecimalField("校正分", max_digits=12, decimal_places=4, null=True)
    spread = models.DecimalField("极差", max_digits=9, decimal_places=4, null=True)
    judges = models.PositiveSmallIntegerField("评分份数")
    scores = ArrayField(models.DecimalField(max_digits=9, decimal_places=4), verbose_name="各评委分数", default=list)
    undecided = models.BooleanField("待组委会决定", default=False)  # tied to the end of the chain (Q30)
    purposes = ArrayField(models.CharField(max_length=60), verbose_name="晋级", default=list)  # what it advances to
    note = models.CharField("注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名次"
        ordering = ["snapshot", "position"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "candidate"], name="one_place_a_candidate"),
            models.UniqueConstraint(fields=["snapshot", "position"], name="one_candidate_a_place"),
        ]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"第 {self.rank} 名 {self.candidate.label}"


@tracked()
class Publication(models.Model):
    """Which snapshot of a round is, or was, the public one (公布)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="publications", verbose_name="轮次")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="publications", verbose_name="快照")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="公布人")
    at = models.DateTimeField("公布时间")
    ended_at = models.DateTimeField("被取代或撤下", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公布"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(ended_at=None), name="one_public_snapshot_a_round"
            )
        ]

    def __str__(self) -> str:
        return str(self.snapshot)


@tracked(personal=("reason",))
class TieDecision(models.Model):
    """Works that tied to the end of the chain, in the order that the organiser decided (Q30)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="tie_decisions", verbose_name="轮次")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="+", verbose_name="参评作品")
    position = models.PositiveIntegerField("次序")
    reason = models.CharField("理由", max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = verbose_name_plural = "同分决定"
        ordering = ["round", "position"]
        constraints = [models.UniqueConstraint(fields=["round", "candidate"], name="one_tie_decision_a_work")]

    def __str__(self) -> str:
        return f"{self.candidate} 排第 {self.position}"


@tracked(personal=("reason",))
class AdvancePick(models.Model):
    """A work that the organiser takes across an open line or beyond a rule that allows it (增补晋级), with a reason."""

    rule = models.ForeignKey(AdvanceRule, models.PROTECT, related_name="picks", verbose_name="晋级规则")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="picks", verbose_name="参评作品")
    reason = models.CharField("理由", max_length=300)
    picked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    picked_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = verbose_name_plural = "增补晋级"
        constraints = [models.UniqueConstraint(fields=["rule", "candidate"], name="one_pick_a_work")]

    def __str__(self) -> str:
        return f"{self.candidate} 增补"
