"""Theme seasons (主题赛季): the training themes of the edition's file, and the monthly themes that organisers add."""

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from judging.models import Round
from tracks.models import Category, Edition, Milestone

from . import states

if TYPE_CHECKING:
    from core.accounts.models import User


class SeasonQuerySet(models.QuerySet["Season"]):
    """Theme seasons by who may see them."""

    def visible_to(self, user: "User") -> "SeasonQuerySet":
        """Everybody sees what is published; contacts and the organiser also what is prepared or was cancelled."""
        staff = user.is_superuser or (user.is_authenticated and user.track_contacts.exists())
        staff = staff and user.is_active
        return self if staff else self.published()

    def published(self) -> "SeasonQuerySet":
        """Those that are announced."""
        return self.filter(state="published")

    def training(self) -> "SeasonQuerySet":
        """Those that train for the contest (G5)."""
        return self.filter(kind="training")

    def points(self) -> "SeasonQuerySet":
        """The monthly themes of the points season (G31)."""
        return self.filter(kind="points")


@tracked()
class Season(models.Model):
    """One theme: an industry field (G2), with training for one category or, monthly, with service and points.

    Half-open: `starts_at` is the first instant, `ends_at` the first that is no longer part of it; where they are None
    the milestone's count, so that the organiser's dates are kept in one place.
    """

    STATES = states.SEASON
    KINDS = [("training", "培训主题"), ("points", "积分主题")]

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="seasons", verbose_name="届次")
    code = models.SlugField("代码", max_length=40)
    name = models.CharField("主题", max_length=200)
    kind = models.CharField("种类", max_length=10, choices=KINDS)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    milestone = models.ForeignKey(
        Milestone, models.SET_NULL, null=True, blank=True, related_name="seasons", verbose_name="赛程节点"
    )
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="seasons", verbose_name="类别"
    )
    starts_at = models.DateTimeField("开始", null=True, blank=True)
    ends_at = models.DateTimeField("结束（此刻起不再受理）", null=True, blank=True)
    industry = models.CharField("行业领域", max_length=60, blank=True)
    format = models.CharField("形式", max_length=40, blank=True)
    contents = ArrayField(models.CharField(max_length=300), verbose_name="内容", default=list, blank=True)
    prized = models.BooleanField("设奖项（提交的记录由评委评审）", default=False)
    round = models.OneToOneField(  # that judges its prizes, once the organiser has made it
        Round,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="theme_season",
        verbose_name="评审轮次",
    )
    from_file = models.BooleanField("来自规则文件", default=False, editable=False)
    state = models.CharField("状态", max_length=12, choices=states.SEASON.choices, default=states.SEASON.initial)
    source = models.CharField("依据", max_length=300, blank=True)

    objects = SeasonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "主题赛季"
        ordering = ["edition", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="one_season_a_code"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")) | Q(starts_at=None) | Q(ends_at=None),
                name="season_ends_after_start",
                violation_error_message="结束应晚于开始",
            ),
        ]
        triggers = [
            *states.SEASON.triggers(),
            pgtrigger.ReadOnly(name="season_stays", fields=["edition", "code", "kind"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def opens(self) -> datetime | None:
        """First instant: the organiser's own or the milestone's."""
        return self.starts_at or (self.milestone.starts_at if self.milestone else None)

    @property
    def closes(self) -> datetime | None:
        """Exclusive bound; None: open-ended (G29d)."""
        return self.ends_at or (self.milestone.ends_at if self.milestone else None)

    def runs(self, now: datetime) -> bool:
        """Published, and within its dates."""
        begun = self.opens is not None and self.opens <= now
        return self.state == "published" and begun and (self.closes is None or now < self.closes)
