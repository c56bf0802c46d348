"""The live final (终审现场): the run sheet, what the hall is doing now, and the public's ballots."""

import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core.audit.history import APPEND_ONLY_TRIGGERS, tracked
from core.sealed.fields import SealedTextField

from . import states
from .guards import BALLOT_GUARD
from .round_models import Candidate, Round

if TYPE_CHECKING:
    from core.accounts.models import User


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions by who may run them."""

    def visible_to(self, user: "User") -> "SessionQuerySet":
        """The organiser runs those of the rounds that they oversee."""
        if not (user.is_active and user.is_superuser):
            return self.none()
        return self.filter(round__in=Round.objects.visible_to(user))


@tracked()
class Session(models.Model):
    """The hall of one roadshow round: join code, current team, phase, timer, and how the public votes.

    `version` grows with every change, so that a screen that reloads knows whether it is behind.
    """

    STATES = states.SESSION
    WINDOWS = [("team", "每队路演后投票"), ("end", "全部结束后投票")]
    IDENTITIES = [("phone", "手机号"), ("token", "一次性纸质投票码"), ("wechat", "微信")]

    round = models.OneToOneField(Round, models.PROTECT, related_name="session", verbose_name="轮次")
    code = models.CharField("入场码", max_length=8, unique=True)
    state = models.CharField("状态", max_length=12, choices=states.SESSION.choices, default=states.SESSION.initial)
    seed = models.CharField("抽签种子", max_length=64, blank=True)  # published before the draw
    drawn_at = models.DateTimeField("抽签时间", null=True, blank=True)
    current = models.ForeignKey(
        "judging.Turn", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="当前队伍"
    )
    phase = models.CharField("环节", max_length=12, choices=list(states.PHASES.items()), default="waiting")
    phase_at = models.DateTimeField("环节开始", null=True, blank=True)
    timer_ends_at = models.DateTimeField("计时到", null=True, blank=True)
    timer_left = models.PositiveIntegerField("暂停时余秒", null=True, blank=True)
    window = models.CharField("投票方式", max_length=8, choices=WINDOWS, default="team")
    identity = models.CharField("投票人身份", max_length=8, choices=IDENTITIES, default="phone")
    tokens = models.PositiveIntegerField("已制投票码", default=0)  # serial numbers 1 … tokens are good
    pitch_seconds = models.PositiveSmallIntegerField("路演（秒）", default=300)
    questions_seconds = models.PositiveSmallIntegerField("答辩（秒）", default=180)
    voting_seconds = models.PositiveSmallIntegerField("投票（秒）", default=120)
    choices_min = models.PositiveSmallIntegerField("至少选", default=1)
    choices_max = models.PositiveSmallIntegerField("至多选", default=1)
    voting_open = models.BooleanField("正在投票", default=False)
    voting_ends_at = models.DateTimeField("投票截止", null=True, blank=True)
    revealed = models.PositiveSmallIntegerField("已揭晓步数", default=0)
    version = models.PositiveIntegerField("版本", default=0)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "终审现场"
        constraints = [
            models.CheckConstraint(
                condition=Q(choices_min__gte=0) & Q(choices_min__lte=F("choices_max")), name="choices_min_below_max"
            )
        ]
        triggers = [
            *states.SESSION.triggers(),
            pgtrigger.ReadOnly(name="session_stays", fields=["round", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.round} 现场"


@tracked(exclude=("key",))
class BallotKey(models.Model):
    """What turns a verified phone or token into a ballot's identity, in one session.

    When it is deleted (retention), no ballot can be traced to anybody any more, and the count stays as it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(Session, models.CASCADE, related_name="ballot_key", verbose_name="现场")
    key = SealedTextField("选票密钥")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "选票密钥"

    def __str__(self) -> str:
        return f"{self.session} 选票密钥"


@tracked()
class Turn(models.Model):
    """One team's turn on the stage (出场), in the order drawn."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="turns", verbose_name="现场")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="turns", verbose_name="参评作品")
    position = models.PositiveSmallIntegerField("出场次序")
    voting_opened_at = models.DateTimeField("开始投票", null=True, blank=True)
    voting_closed_at = models.DateTimeField("结束投票", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "出场"
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "candidate"], name="one_turn_a_candidate"),
            models.UniqueConstraint(
                fields=["session", "position"], name="one_turn_a_position", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.candidate}"


class BallotQuerySet(models.QuerySet["Ballot"]):
    """Ballots by whether they count."""

    def counted(self) -> "BallotQuerySet":
        """Those that are not quarantined now."""
        last = BallotMark.objects.filter(ballot=models.OuterRef("pk")).order_by("-pk").values("excluded")[:1]
        return self.alias(excluded=Coalesce(models.Subquery(last), False)).filter(excluded=False)


class Ballot(models.Model):
    """One public ballot (选票), as it was cast: never changed. One for each identity and window, held by the database.

    choices: the turns voted for. With a window a team (`turn`) each ballot names that one, and a person casts up to
    `choices_max` of them in the session.
    """

    append_only = True

    # Both keys below begin with the session: an index of its own would only cost every ballot.
    session = models.ForeignKey(Session, models.PROTECT, related_name="ballots", verbose_name="现场", db_index=False)
    turn = models.ForeignKey(
        Turn, models.PROTECT, null=True, blank=True, related_name="ballots", verbose_name="对哪一队"
    )
    identity = models.CharField("身份", max_length=64)  # keyed hash of a verified phone or a single-use token
    choices = ArrayField(models.PositiveIntegerField(), verbose_name="选择", default=list)
    cast_at = models.DateTimeField("投票时间")
    place = models.CharField("来源", max_length=64, blank=True)  # keyed hash of the address; for evidence only
    device = models.CharField("设备", max_length=64, blank=True)  # keyed hash of what the browser says of itself

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "选票"
        indexes = [models.Index(fields=["session", "identity"], name="ballots_of_a_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "turn", "identity"], name="one_ballot_an_identity", nulls_distinct=False
            )
        ]
        triggers = [
            *APPEND_ONLY_TRIGGERS,
            pgtrigger.Trigger(
                name="a_ballot_is_taken",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[
                    ("is_open", "boolean"),
                    ("least", "integer"),
                    ("most", "integer"),
                    ("stage", "bigint"),
                ],
                func=BALLOT_GUARD,
            ),
        ]

    def __str__(self) -> str:
        return f"选票 {self.pk}"


class BallotMark(models.Model):
    """Somebody set a ballot aside or took it back (隔离/恢复), with a reason; the last one counts. Only added to."""

    append_only = True

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="marks", verbose_name="选票")
    excluded = models.BooleanField("隔离")
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "选票处理"
        ordering = ["-pk"]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.ballot} {'隔离' if self.excluded else '恢复'}"
