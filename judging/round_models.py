"""Rounds (轮次) with their rules as they will be judged by: criteria, panels, advancement; and their pools of works."""

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from registrations.entry_models import Entry
from registrations.work_models import WorkVersion
from tracks.models import Category, Edition, Track

from . import states
from .guards import DECIDED_CANDIDATES, PART_STAYS, RULES_STAY, UNLOCKED_BY_TWO

if TYPE_CHECKING:
    from core.accounts.models import User

KINDS = [
    ("qualification", "资格审核"),
    ("online_review", "线上评审"),
    ("roadshow", "路演"),
    ("leaderboard", "榜单"),
    ("exhibition", "展示"),
]
SCORED = ("online_review", "roadshow")
THEME = "T"  # what the works of a theme's round are numbered with
METHODS = [
    ("mean", "均分"),
    ("trimmed_mean", "去掉一个最高分和一个最低分后的均分"),
    ("zscore", "标准分"),
    ("severity_adjusted", "校正分"),
]


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by who may see them."""

    def visible_to(self, user: "User") -> "RoundQuerySet":
        """Staff see the rounds of their contest: contacts those of the edition they work for, the organiser all.

        Whoever judges in a round does not oversee it as long as it is not published (R12).
        """
        if not user.is_active:
            return self.none()
        judging = Q(pk__in=user.judgeships.values("round")) & ~Q(state="published")
        mine = Q() if user.is_superuser else Q(edition__in=user.track_contacts.values("track__edition"))
        return self.filter(mine).exclude(judging)

    def judged_by(self, user: "User") -> "RoundQuerySet":
        """The rounds in which somebody is a judge now; being the organiser makes nobody one."""
        return self.filter(pk__in=user.judgeships.filter(state="active").values("round"))

    def published(self) -> "RoundQuerySet":
        """Those whose result is public."""
        return self.filter(state="published")


@tracked()
class Round(models.Model):
    """One round of judging (轮次): of one category, optionally for one track or group alone; or of a theme's prizes.

    Its rules come from the edition; the organiser may amend them, with a reason, until scoring opens. Half-open
    window: `opens_at` is the first instant, `closes_at` the first at which no score is taken any more.
    """

    STATES = states.ROUND

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds", verbose_name="届次")
    code = models.CharField("代码", max_length=40)  # the edition's own: one round of the file is one for each category
    name = models.CharField("名称", max_length=60)
    position = models.PositiveSmallIntegerField("顺序")
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="rounds", verbose_name="类别"
    )
    theme = models.CharField("主题", max_length=200, blank=True)  # of the points season (G31), where it has no category
    track = models.ForeignKey(
        Track, models.CASCADE, null=True, blank=True, related_name="rounds", verbose_name="只限赛道"
    )
    group = models.CharField("只限组别", max_length=40, blank=True)
    kind = models.CharField("方式", max_length=20, choices=KINDS)
    follows = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="followers", verbose_name="上一轮"
    )
    blind = models.BooleanField("匿名评审", default=True)
    points_max = models.PositiveSmallIntegerField("每项满分", default=100, validators=[MinValueValidator(1)])
    judges_per_work = models.PositiveSmallIntegerField("每件作品评委数", null=True, blank=True)  # None: all (Q27)
    aggregation = models.CharField("合成方法", max_length=20, choices=METHODS, blank=True)
    severity_k = models.PositiveSmallIntegerField("校正强度 k", default=3, validators=[MinValueValidator(1)])
    normalise_panels = models.BooleanField("各评审团先标准化再合成", default=False)
    spread_threshold = models.PositiveSmallIntegerField("极差提醒", null=True, blank=True)
    tie_chain = ArrayField(models.CharField(max_length=40), verbose_name="同分次序", default=list, blank=True)
    same_city = models.BooleanField("允许评审本市作品", default=False)
    anchors = models.PositiveSmallIntegerField("校准作品件数", default=0)  # common works that every judge sees first
    opens_at = models.DateTimeField("评分开始", null=True, blank=True)
    closes_at = models.DateTimeField("评分截止（此刻起不再受理）", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=states.ROUND.choices, default=states.ROUND.initial)
    amended = models.BooleanField("组委会改过规则", default=False, editable=False)  # then the file no longer sets them
    opened_at = models.DateTimeField("开始评分时间", null=True, blank=True, editable=False)
    locked_at = models.DateTimeField("封存时间", null=True, blank=True, editable=False)
    published_at = models.DateTimeField("公布时间", null=True, blank=True, editable=False)
    exported_at = models.DateTimeField("最近导出评分", null=True, blank=True, editable=False)
    source = models.CharField("依据", max_length=300, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评审轮次"
        ordering = ["edition", "position", "category__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "code", "category", "track", "group"], name="one_round_a_scope", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(category__isnull=False, theme="") | Q(category=None) & ~Q(theme=""),
                name="round_of_category_or_theme",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")) | Q(opens_at=None) | Q(closes_at=None),
                name="round_ends_after_start",
                violation_error_message="截止应晚于开始",
            ),
        ]
        triggers = [
            *states.ROUND.triggers(),
            pgtrigger.ReadOnly(
                name="round_stays", fields=["edition", "code", "category", "theme", "track", "group", "kind"]
            ),
            pgtrigger.Trigger(name="rules_stay", operation=pgtrigger.Update, when=pgtrigger.Before, func=RULES_STAY),
            pgtrigger.Trigger(
                name="unlocked_by_two",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="locked", new__state="open"),
                func=UNLOCKED_BY_TWO,
            ),
        ]

    def __str__(self) -> str:
        if self.category is None:
            return f"{self.theme} {self.name}"
        scope = "".join(f"（{part}）" for part in (self.track and self.track.name, self.group) if part)
        return f"{self.category.code} 类{self.name}{scope}"

    @property
    def letter(self) -> str:
        """Begins the numbers of what is judged: its category's code; THEME for a theme's prizes."""
        return self.category.code if self.category else THEME

    @property
    def scored(self) -> bool:
        """Whether judges score it in the portal; the others only stand in the chain."""
        return self.kind in SCORED

    def takes_scores(self, now: datetime) -> bool:
        """Open, and within its window."""
        after = self.opens_at is None or self.opens_at <= now
        return self.state == "open" and after and (self.closes_at is None or now < self.closes_at)


class RoundPart(models.Model):
    """A row of a round's rules; fixed once scoring has opened."""

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Trigger(
                name="part_stays",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("stage", "text")],
                func=PART_STAYS,
            )
        ]


@tracked()
class Criterion(RoundPart):
    """One 评审要点 of a round. `weight` is its share of the whole 100, an exact fraction: `50/3` (Q12)."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="criteria", verbose_name="轮次")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=60)
    dimension = models.CharField("维度", max_length=60)
    weight = models.CharField("占总分", max_length=20)
    counts = models.BooleanField("计入总分", default=True)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta(RoundPart.Meta):
        verbose_name = verbose_name_plural = "评审要点"
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="one_criterion_a_code"),
            models.CheckConstraint(
                condition=Q(weight__regex=r"\A[0-9]{1,6}(/[1-9][0-9]{0,5})?\Z"), name="weight_is_a_fraction"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def share(self) -> Fraction:
        """The weight as a number; all counting criteria of a round add up to 100."""
        return Fraction(self.weight)


@tracked()
class Panel(RoundPart):
    """评审团 of a round, and its share of the score (Q13)."""

    KINDS = [("expert", "专家"), ("public", "大众")]

    round = models.ForeignKey(Round, models.CASCADE, related_name="panels", verbose_name="轮次")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("种类", max_length=10, choices=KINDS)
    weight = models.CharField("占比", max_length=20)  # an exact fraction of 100
    ballots_min = models.PositiveIntegerField("有效票下限", null=True, blank=True)  # fewer: the weight falls to 0 (Q29)
    identity = models.CharField("投票人身份", max_length=10, blank=True)  # phone or token
    position = models.PositiveSmallIntegerField("顺序")

    class Meta(RoundPart.Meta):
        verbose_name = verbose_name_plural = "评审团"
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="one_panel_a_code"),
            models.CheckConstraint(
                condition=Q(weight__regex=r"\A[0-9]{1,6}(/[1-9][0-9]{0,5})?\Z"), name="panel_weight_is_a_fraction"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def share(self) -> Fraction:
        """The weight as a number; a round's panels add up to 100."""
        return Fraction(self.weight)


@tracked()
class AdvanceRule(RoundPart):
    """Who goes on from a round (晋级规则; N26, Q19, Q26). Several apply one beside the other."""

    KINDS = [
        ("top", "前若干名"),
        ("percent", "按比例"),
        ("leaderboard", "按榜单"),
        ("pass", "全部通过者"),
        ("organiser", "组委会指定"),
    ]

    round = models.ForeignKey(Round, models.CASCADE, related_name="advance_rules", verbose_name="轮次")
    kind = models.CharField("方式", max_length=12, choices=KINDS)
    per = ArrayField(models.CharField(max_length=12), verbose_name="分别计算", default=list, blank=True)
    count = models.PositiveIntegerField("名额", null=True, blank=True)
    percent = models.PositiveSmallIntegerField("百分比", null=True, blank=True)
    rounding = models.CharField("取整", max_length=10, blank=True)
    count_min = models.PositiveIntegerField("至少", default=0)
    overridable = models.BooleanField("组委会可凭理由增加", default=False)
    purpose = models.CharField("用于", max_length=60, blank=True)
    position = models.PositiveSmallIntegerField("顺序")
    source = models.CharField("依据", max_length=300, blank=True)

    class Meta(RoundPart.Meta):
        verbose_name = verbose_name_plural = "晋级规则"
        ordering = ["round", "position"]
        constraints = [models.UniqueConstraint(fields=["round", "position"], name="one_advance_rule_a_place")]

    def __str__(self) -> str:
        return self.purpose or self.get_kind_display()


class CandidateQuerySet(models.QuerySet["Candidate"]):
    """Candidates by who may see them as staff; judges reach a work only through an assignment."""

    def visible_to(self, user: "User") -> "CandidateQuerySet":
        """Contacts see those of their tracks, the organiser all; nobody those of a round in which they judge."""
        if not user.is_active:
            return self.none()
        rounds = Round.objects.visible_to(user)
        mine = Q() if user.is_superuser else Q(entry__track__in=user.track_contacts.values("track"))
        return self.filter(mine, round__in=rounds)

    def taking_part(self) -> "CandidateQuerySet":
        """Those not withdrawn."""
        return self.filter(state="in")


@tracked(personal=("title",))
class Candidate(models.Model):
    """What judges score in a round (参评作品): an entry with its title and files, a work's version where it is one.

    Staff and later services put it into the pool, each time with a trace; it leaves by withdrawal only.
    """

    STATES = states.CANDIDATE

    round = models.ForeignKey(Round, models.PROTECT, related_name="candidates", verbose_name="轮次")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="candidacies", verbose_name="报名")
    key = models.CharField("对象", max_length=60)  # what it is in the app it comes from: work-12; twice is once
    version = models.ForeignKey(
        WorkVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作品版本"
    )
    number = models.PositiveIntegerField("作品编号")  # shown to staff and, after publication, to everybody
    title = models.CharField("作品名称", max_length=200)
    topics = ArrayField(models.CharField(max_length=40), verbose_name="主题", default=list, blank=True)
    group = models.CharField("组别", max_length=40, blank=True)
    region = models.CharField("地市", max_length=20, blank=True)  # code of the city, where it is known
    submitted_at = models.DateTimeField("作品提交时间", null=True, blank=True)  # breaks ties (Q30)
    state = models.CharField("状态", max_length=12, choices=states.CANDIDATE.choices, default=states.CANDIDATE.initial)
    anchor = models.BooleanField("校准作品", default=False)
    added_at = models.DateTimeField("列入时间")
    withdrawn_at = models.DateTimeField("退出时间", null=True, blank=True)
    reason = models.CharField("退出理由", max_length=300, blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参评作品"
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="one_candidate_a_thing"),
            models.UniqueConstraint(fields=["round", "number"], name="one_candidate_a_number"),
        ]
        triggers = [
            *states.CANDIDATE.triggers(),
            pgtrigger.ReadOnly(name="candidate_stays", fields=["round", "entry", "key", "number", "added_at"]),
            pgtrigger.Protect(name="candidate_remains", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="pool_closes", operation=pgtrigger.Insert, when=pgtrigger.Before, func=DECIDED_CANDIDATES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """作品编号: `A-0422`."""
        return f"{self.round.letter}-{self.number:04d}"


@tracked(personal=("reason",))
class Unlock(models.Model):
    """A request to open a locked round again (解封): somebody asks with a reason, another person agrees."""

    STATES = states.UNLOCK

    round = models.ForeignKey(Round, models.PROTECT, related_name="unlocks", verbose_name="轮次")
    state = models.CharField("状态", max_length=12, choices=states.UNLOCK.choices, default=states.UNLOCK.initial)
    reason = models.CharField("理由", max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="第二人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "解封申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state__in=("asked", "approved")), name="one_open_unlock"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "used"))
                | Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by")),
                name="unlock_takes_two",
                violation_error_message="解封要两个人：申请人自己不能同意",
            ),
        ]
        triggers = [
            *states.UNLOCK.triggers(),
            pgtrigger.ReadOnly(name="unlock_stays", fields=["round", "reason", "asked_by", "asked_at"]),
            pgtrigger.Protect(name="unlock_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.round} 解封申请"
