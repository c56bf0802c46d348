"""Where entries are asked to come (服务场所, G32): venues with the people who post for them, and what they need."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.accounts.models import Invitation
from core.audit.history import tracked
from core.clock import BEIJING
from registrations.models import Unit
from registrations.region_models import Region
from tracks.models import Edition

from . import placing_states as states
from .rules.placing import AGES

if TYPE_CHECKING:
    from core.accounts.models import User

NEED_CHECK = "need_within_capacity"
# Placements are counted by their own trigger (placing_models); no other write to `taken` passes.
_COUNTED = """
    IF pg_trigger_depth() = 1 AND NEW.taken <> COALESCE(OLD.taken, 0) THEN
        RAISE EXCEPTION 'placements are counted by the database';
    END IF;
    RETURN NEW;
"""
FIXED = ("starts_at", "ends_at", "place", "topic", "activity", "age", "heads")
# Whoever was asked to come was asked for this day and this place.
_AS_ASKED = f"""
    IF OLD.taken > 0 AND ({", ".join(f"NEW.{name}" for name in FIXED)}) IS DISTINCT FROM
       ({", ".join(f"OLD.{name}" for name in FIXED)}) THEN
        RAISE EXCEPTION 'somebody was asked to come: the need stays as it is';
    END IF;
    RETURN NEW;
"""


class VenueQuerySet(models.QuerySet["Venue"]):
    """Venues by who looks after them."""

    def of(self, user: "User") -> "VenueQuerySet":
        """Those that somebody posts for: as its officer, or as a clerk of the unit that it belongs to."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        mine = VenueOfficer.objects.filter(user=user)
        return self.filter(Q(pk__in=mine.values("venue")) | Q(unit__in=user.offices.values("unit")))

    def visible_to(self, user: "User") -> "VenueQuerySet":
        """The organiser sees all, others their own."""
        return self if user.is_active and user.is_superuser else self.of(user)


@tracked(exclude=("contact_phone",), personal=("contact_name",))
class Venue(models.Model):
    """A place that needs volunteers (服务场所). Its contact's name and phone: for whoever is to come, nobody else."""

    KINDS = [
        ("party_centre", "党群服务中心"),
        ("practice_centre", "新时代文明实践中心"),
        ("practice_institute", "新时代文明实践所"),
        ("practice_station", "新时代文明实践站"),
        ("firm", "企业"),
        ("school", "学校"),
        ("other", "其他公共场所"),
    ]

    name = models.CharField("场所名称", max_length=100)
    kind = models.CharField("类型", max_length=20, choices=KINDS)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="所在市、县（市、区）")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="venues", verbose_name="所属推荐单位"
    )
    street = models.CharField("地址", max_length=200)
    contact_name = models.CharField("联系人", max_length=60)
    contact_phone = models.CharField("联系电话", max_length=40)
    created_at = models.DateTimeField("登记时间")

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务场所"
        ordering = ["region_id", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="one_venue_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def city(self) -> str:
        """Code of its 地级市. The region must be at hand."""
        region = self.region
        return region.pk if region.level != "county" or region.parent_id is None else region.parent_id

    @property
    def where(self) -> str:
        """深圳市龙岗区. The region and its parent must be at hand."""
        region = self.region
        return f"{region.parent.name}{region.name}" if region.level == "county" and region.parent else region.name

    @property
    def county(self) -> str:
        """Code of its 县（市、区）; empty where it belongs to the whole city."""
        return self.region_id if self.region.level == "county" else ""


@tracked()
class VenueOfficer(models.Model):
    """A person who posts and answers for a venue (场所联系人)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="officers", verbose_name="服务场所")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="venues", verbose_name="场所联系人")

    class Meta:
        verbose_name = verbose_name_plural = "场所联系人"
        constraints = [models.UniqueConstraint(fields=["venue", "user"], name="one_venue_a_person")]

    def __str__(self) -> str:
        return f"{self.venue} · {self.user}"


@tracked(exclude=("email", "phone", "nonce"), personal=("name",))
class VenueInvitation(Invitation):
    """An invitation to post for a venue."""

    url_name = "venue_invitation"

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="invitations", verbose_name="服务场所")

    class Meta(Invitation.Meta):
        verbose_name = verbose_name_plural = "场所邀请"

    def __str__(self) -> str:
        return f"{self.venue} · {self.name or self.masked_contact}"


class NeedQuerySet(models.QuerySet["Need"]):
    """Needs by who may see them."""

    def visible_to(self, user: "User") -> "NeedQuerySet":
        """Of the venues that somebody posts for; the organiser sees all but drafts of others."""
        mine = Q(venue__in=Venue.objects.of(user))
        if user.is_active and user.is_superuser:
            return self.filter(mine | ~Q(state="draft"))
        return self.filter(mine)

    def wanting(self) -> "NeedQuerySet":
        """Open, with places left."""
        return self.filter(state="open", taken__lt=F("capacity"))


@tracked(personal=("remark", "reason"))
class Need(models.Model):
    """What a venue asks for (服务需求): one day, one topic, so many entries. `taken` is counted by the database."""

    STATES = states.NEED

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="needs", verbose_name="服务场所")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="needs", verbose_name="届次")
    state = models.CharField("状态", max_length=12, choices=states.NEED.choices, default=states.NEED.initial)
    starts_at = models.DateTimeField("开始", null=True, blank=True)
    ends_at = models.DateTimeField("结束", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    topic = models.CharField("题材", max_length=60, blank=True)  # a field of the edition's themes; "" any
    activity = models.CharField("服务类型", max_length=40, blank=True)  # code of the edition's `activity_types`
    age = models.CharField("受众年龄段", max_length=12, choices=list(AGES.items()), default="all")
    heads = models.PositiveIntegerField("预计人数", null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(
        "需要几支队伍", default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    taken = models.PositiveSmallIntegerField("已安排", default=0, editable=False)
    remark = models.CharField("备注", max_length=300, blank=True)
    reason = models.CharField("取消的理由", max_length=200, blank=True)
    created_at = models.DateTimeField("填写时间")
    changed_at = models.DateTimeField("修改时间")

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务需求"
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["edition", "state", "starts_at"], name="need_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")),
                name=NEED_CHECK,
                violation_error_message="需要的队伍数不能少于已安排的",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"))
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at"), heads__gt=0),
                name="need_says_when",
                violation_error_message="发布的需求要写明时间和人数",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled", reason=""),
                name="need_cancelled_why",
                violation_error_message="请写理由",
            ),
        ]
        triggers = [
            *states.NEED.triggers(),
            pgtrigger.ReadOnly(name="need_stays", fields=["venue", "edition", "created_at"]),
            pgtrigger.Trigger(
                name="placements_are_counted",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_COUNTED,
            ),
            pgtrigger.Trigger(name="stays_as_asked", operation=pgtrigger.Update, when=pgtrigger.Before, func=_AS_ASKED),
        ]

    def __str__(self) -> str:
        when = f"{self.day:%Y-%m-%d}" if self.starts_at else "（未定日期）"
        return f"{self.venue} {when}"

    @property
    def number(self) -> str:
        """`GDAIKP1-N-000012`."""
        return f"{self.edition.rulebook.edition.code}-N-{self.pk:06d}"

    @property
    def left(self) -> int:
        """Places that nobody has."""
        return max(self.capacity - self.taken, 0)

    @property
    def day(self) -> date:
        """In Beijing. Raises ValueError while it has none."""
        if self.starts_at is None:
            raise ValueError(f"need {self.pk} has no day yet")
        return self.starts_at.astimezone(BEIJING).date()
