"""Volunteer forces (科技志愿服务队伍) of annex 4 (G43–G46): what a unit says of its own, and what it did."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from registrations.entry_models import Member
from registrations.models import Unit
from tracks.models import Edition

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.accounts.models import User


class ForceQuerySet(models.QuerySet["Force"]):
    """Forces by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "ForceQuerySet":
        """The unit's officers their own, the organiser all; nobody else: a leader is a person."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(unit__in=user.offices.values("unit"))


@tracked(personal=("leader", "post"))
class Force(models.Model):
    """A unit's force, or one of a society's committees (专委会), in one edition. Its name follows annex 4's table.

    What is tabled advises only (Q22): a small force is as good as a large one.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="forces", verbose_name="单位")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="forces", verbose_name="届次")
    committee = models.CharField("专委会", max_length=60, blank=True)  # empty: the unit's own force
    name = models.CharField("队伍名称", max_length=200)  # composed, never typed
    leader = models.CharField("负责人", max_length=60, blank=True)  # empty once the person asked to be deleted
    post = models.CharField("负责人职务", max_length=60, blank=True)
    people = models.PositiveIntegerField("队伍人数")
    number = models.CharField("i志愿 队伍编号", max_length=30, blank=True)  # empty: not registered
    areas = ArrayField(models.CharField(max_length=40), verbose_name="服务范围", default=list, blank=True)
    made_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("修改时间")

    objects = ForceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "科技志愿服务队伍"
        ordering = ["unit", "committee"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "edition", "committee"],
                name="one_force_a_committee",
                violation_error_message="这支队伍已经登记过",
            )
        ]
        triggers = [pgtrigger.ReadOnly(name="force_stays", fields=["unit", "edition", "committee", "made_at"])]

    def __str__(self) -> str:
        return self.name


@tracked()
class ForceMember(models.Model):
    """A participant of the unit's entries who serves in its force; optional."""

    force = models.ForeignKey(Force, models.CASCADE, related_name="linked", verbose_name="队伍")
    member = models.ForeignKey(Member, models.CASCADE, related_name="forces", verbose_name="参赛者")
    added_at = models.DateTimeField("列入时间")

    class Meta:
        verbose_name = verbose_name_plural = "队伍里的参赛者"
        ordering = ["force", "pk"]
        constraints = [models.UniqueConstraint(fields=["force", "member"], name="once_in_a_force")]

    def __str__(self) -> str:
        return f"{self.force} · {self.member}"


@tracked(personal=("title",))
class ForceActivity(models.Model):
    """An activity of the force that is no entry's service record; the clerk writes it down, nobody earns points."""

    force = models.ForeignKey(Force, models.CASCADE, related_name="activities", verbose_name="队伍")
    day = models.DateField("日期")
    kind = models.CharField("服务类型", max_length=40)  # code of the edition's `activity_types`
    title = models.CharField("做了什么", max_length=100)
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    people = models.PositiveIntegerField("参加的志愿者")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "队伍活动"
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["force", "day", "title"], name="one_activity_a_day_and_title"),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=24 * 60, people__gt=0), name="activity_within_a_day"
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="activity_stays", fields=["force", "by", "at"])]

    def __str__(self) -> str:
        return self.title
