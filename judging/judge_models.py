"""Judges (评委) of a round, how they are invited, what they must not judge, and what is before them."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.accounts.models import Invitation
from core.audit.history import tracked
from registrations.personal_models import Consent

from . import states
from .round_models import Candidate, Panel, Round

if TYPE_CHECKING:
    from core.accounts.models import User


class Expert(models.Model):
    """What a roster says of a judge (N30). Gender and date of birth are not kept: nothing here needs them."""

    organisation = models.CharField("单位名称", max_length=200, blank=True)
    duty = models.CharField("职务", max_length=60, blank=True)
    title = models.CharField("职称", max_length=60, blank=True)
    field = models.CharField("专业领域", max_length=200, blank=True)
    city = models.CharField("所在地市", max_length=20, blank=True)  # code of the region, where it is known
    topics = ArrayField(models.CharField(max_length=40), verbose_name="擅长主题", default=list, blank=True)

    class Meta:
        abstract = True


class JudgeQuerySet(models.QuerySet["Judge"]):
    """Judges by who may see who they are."""

    def visible_to(self, user: "User") -> "JudgeQuerySet":
        """Staff see the judges of the rounds that they oversee; judges themselves."""
        if not user.is_active:
            return self.none()
        return self.filter(Q(round__in=Round.objects.visible_to(user)) | Q(user=user))

    def active(self) -> "JudgeQuerySet":
        """Those who judge now."""
        return self.filter(state="active")


@tracked(personal=("organisation", "duty", "title", "field"))
class Judge(Expert):
    """A person who judges in one round (评委), known there by a number only."""

    STATES = states.JUDGE

    round = models.ForeignKey(Round, models.PROTECT, related_name="judges", verbose_name="轮次")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="judges", verbose_name="评审团")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="judgeships", verbose_name="账号")
    number = models.PositiveSmallIntegerField("评委编号")  # drawn at random: it tells neither name nor order
    state = models.CharField("状态", max_length=12, choices=states.JUDGE.choices, default=states.JUDGE.initial)
    promise = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保密承诺"
    )
    joined_at = models.DateTimeField("到任时间")
    removed_at = models.DateTimeField("退出时间", null=True, blank=True)
    urged_at = models.DateTimeField("最近催评", null=True, blank=True)

    objects = JudgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评委"
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "user"], name="one_judgeship_a_person"),
            models.UniqueConstraint(fields=["round", "number"], name="one_judge_a_number"),
        ]
        triggers = [
            *states.JUDGE.triggers(),
            pgtrigger.ReadOnly(name="judge_stays", fields=["round", "user", "number", "joined_at"]),
            pgtrigger.Protect(name="judge_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What others call the judge: `评委 07`."""
        return f"评委 {self.number:02d}"


@tracked(exclude=("phone", "email", "nonce"), personal=("name", "organisation", "duty", "title", "field"))
class JudgeInvitation(Invitation, Expert):
    """An invitation to judge: bound to a round, and to the categories of the same round named beside it."""

    url_name = "judge_invitation"

    round = models.ForeignKey(Round, models.CASCADE, related_name="invitations", verbose_name="轮次")
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="+", verbose_name="评审团")
    categories = ArrayField(models.CharField(max_length=40), verbose_name="同时评审的类别", default=list, blank=True)

    class Meta(Invitation.Meta):
        verbose_name = verbose_name_plural = "评委邀请"

    def __str__(self) -> str:
        return f"{self.round} {self.name or self.masked_contact}"


@tracked(personal=("reason",))
class Recusal(models.Model):
    """A judge who must not judge a work (回避): found by the rules, or declared by judge, contact or organiser."""

    FOUND_BY = [("rule", "系统查出"), ("judge", "评委申报"), ("contact", "联系人申报"), ("organiser", "组委会申报")]

    judge = models.ForeignKey(Judge, models.PROTECT, related_name="recusals", verbose_name="评委")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="recusals", verbose_name="参评作品")
    found_by = models.CharField("来源", max_length=12, choices=FOUND_BY)
    code = models.CharField("情形", max_length=40)  # of the rule: same_organisation, member, guardian, …; or declared
    reason = models.CharField("说明", max_length=300, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报人"
    )
    declared_at = models.DateTimeField("申报时间")
    lifted_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["judge", "candidate"], condition=Q(lifted_at=None), name="one_recusal_a_pair"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="recusal_stays", fields=["judge", "candidate", "found_by", "code", "declared_at"]),
            pgtrigger.Protect(name="recusal_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.judge} 回避 {self.candidate.label}"


@tracked(personal=("reason",))
class Pairing(models.Model):
    """A pair that the organiser wants or forbids in the next distribution (指定/禁止分配)."""

    judge = models.ForeignKey(Judge, models.CASCADE, related_name="pairings", verbose_name="评委")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="pairings", verbose_name="参评作品")
    wanted = models.BooleanField("指定")  # False: forbidden
    reason = models.CharField("理由", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "指定与禁止"
        constraints = [models.UniqueConstraint(fields=["judge", "candidate"], name="one_pairing_a_pair")]

    def __str__(self) -> str:
        return f"{self.judge} {'必评' if self.wanted else '不评'} {self.candidate.label}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by who may see them."""

    def of(self, user: "User") -> "AssignmentQuerySet":
        """What is before somebody as a judge now. Being the organiser gives nothing: a superuser is no judge."""
        return self.filter(judge__user=user, judge__state="active", state="active", candidate__state="in")

    def active(self) -> "AssignmentQuerySet":
        """Those that stand: neither released, nor their work withdrawn."""
        return self.filter(state="active", candidate__state="in")


@tracked(pghistory.UpdateEvent(), pghistory.DeleteEvent())  # who made it, and when, stands in its plan
class Assignment(models.Model):
    """One work before one judge (分配). The judge knows it by `code`, which is another for every judge."""

    STATES = states.ASSIGNMENT

    round = models.ForeignKey(Round, models.PROTECT, related_name="assignments", verbose_name="轮次")
    judge = models.ForeignKey(Judge, models.PROTECT, related_name="assignments", verbose_name="评委")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="assignments", verbose_name="参评作品")
    code = models.CharField("盲评编号", max_length=8)  # K7-042
    position = models.PositiveSmallIntegerField("次序")  # in which the judge meets it; anchors first
    state = models.CharField(
        "状态", max_length=12, choices=states.ASSIGNMENT.choices, default=states.ASSIGNMENT.initial
    )
    plan = models.ForeignKey(
        "judging.Plan", models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="分配方案"
    )
    assigned_at = models.DateTimeField("分配时间")
    released_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分配"
        ordering = ["judge", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["judge", "candidate"], name="one_assignment_a_pair"),
            models.UniqueConstraint(fields=["judge", "code"], name="one_assignment_a_code"),
        ]
        triggers = [
            *states.ASSIGNMENT.triggers(),
            pgtrigger.ReadOnly(name="assignment_stays", fields=["round", "judge", "candidate", "code"]),
            pgtrigger.Protect(name="assignment_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code


@tracked()
class Plan(models.Model):
    """A proposed distribution (分配方案): worked out by a job from a seed, looked at, then published or discarded.

    `judges` and `candidates` are its pairs, one beside the other; existing assignments stay and are not among them.
    """

    STATES = states.PLAN

    round = models.ForeignKey(Round, models.PROTECT, related_name="plans", verbose_name="轮次")
    seed = models.PositiveIntegerField("随机种子")
    state = models.CharField("状态", max_length=12, choices=states.PLAN.choices, default=states.PLAN.initial)
    done = models.PositiveSmallIntegerField("进度", default=0)  # per cent
    judges = ArrayField(models.BigIntegerField(), verbose_name="评委", default=list, blank=True)
    candidates = ArrayField(models.BigIntegerField(), verbose_name="作品", default=list, blank=True)
    problems = ArrayField(models.CharField(max_length=300), verbose_name="说明", default=list, blank=True)
    parts = models.PositiveSmallIntegerField("互不相连的部分", null=True)  # 1: all scores can be compared
    seconds = models.DecimalField("用时（秒）", max_digits=8, decimal_places=2, null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提出人"
    )
    asked_at = models.DateTimeField("提出时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分配方案"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["round"], condition=Q(state__in=("queued", "ready")), name="one_open_plan")
        ]
        triggers = [
            *states.PLAN.triggers(),
            pgtrigger.ReadOnly(name="plan_stays", fields=["round", "seed", "asked_by", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.round} 分配方案 {self.pk}"

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(judge, candidate) of every new assignment."""
        return list(zip(self.judges, self.candidates, strict=True))
