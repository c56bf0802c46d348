"""What entries do for the public (服务记录, G31): one activity a record, its photos, and who served how long."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.accounts.models import User
from core.audit.history import tracked
from core.clock import BEIJING
from core.files.models import StoredFile
from registrations.entry_models import Entry, Member
from tracks.models import Edition

from . import record_states
from .theme_models import Season

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

OVERLAP = "one_place_at_a_time"
_HELD = ", ".join(f"'{state}'" for state in record_states.RECORD_HELD)
# Whoever moves a record, its people's time is taken or free again.
_HOURS_FOLLOW = f"""
    UPDATE seasons_servicehours SET counts = NEW.state IN ({_HELD}) WHERE record_id = NEW.id;
    RETURN NULL;
"""  # noqa: S608 - our own constants
# An exclusion constraint would need the extension btree_gist, and one Postgres without extensions is the rule
# (decision 11). The person's row is locked first, so that of two at once the second sees the first.
_NOT_TWICE = f"""
    PERFORM FROM {User._meta.db_table} WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM seasons_servicehours AS other
         WHERE other.user_id = NEW.user_id AND other.id <> NEW.id AND other.counts
           AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
    ) THEN
        RAISE EXCEPTION 'one person, two activities at once'
              USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{OVERLAP}';
    END IF;
    RETURN NEW;
"""


class RecordQuerySet(models.QuerySet["ServiceRecord"]):
    """Service records by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "RecordQuerySet":
        """The entry's people all; contacts of its track and the organiser what was handed in."""
        if not user.is_active:
            return self.none()
        mine = Member.objects.filter(user=user, left_at=None)
        return self.filter(Q(entry__in=mine.values("entry")) | Q(pk__in=self.reviewed_by(user).values("pk")))

    def reviewed_by(self, user: "User | AnonymousUser") -> "RecordQuerySet":
        """What was handed in on the user's tracks, on all for the organiser."""
        seen = self.filter(state__in=record_states.RECORD_SEEN)
        if user.is_superuser and user.is_active:
            return seen
        tracks = user.track_contacts.values("track") if user.is_authenticated and user.is_active else ()
        return seen.filter(entry__track__in=tracks)

    def handed_in(self) -> "RecordQuerySet":
        """Those that count, or still may: submitted, returned for correction, or passed."""
        return self.filter(state__in=record_states.RECORD_HANDED_IN)


@tracked(personal=("title", "place", "basis", "feedback", "review_note"))
class ServiceRecord(models.Model):
    """One activity on one day: what, when, where, for how many, with what echo. Its entry's representative writes it.

    The portal's own record; never styled as one of i志愿 (practice 11).
    """

    STATES = record_states.RECORD

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="services", verbose_name="报名")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", editable=False)  # the entry's own
    season = models.ForeignKey(
        Season, models.PROTECT, null=True, blank=True, related_name="records", verbose_name="参加的月度主题"
    )
    placement = models.OneToOneField(  # what it grew from (G32)
        "seasons.Placement", models.PROTECT, null=True, blank=True, related_name="record", verbose_name="服务安排"
    )
    state = models.CharField(
        "状态", max_length=12, choices=record_states.RECORD.choices, default=record_states.RECORD.initial
    )
    title = models.CharField("活动名称", max_length=100, blank=True)
    activity = models.CharField("服务类型", max_length=40, blank=True)  # code of the edition's `activity_types`
    starts_at = models.DateTimeField("开始", null=True, blank=True)
    ends_at = models.DateTimeField("结束", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    audience = models.PositiveIntegerField("受众人数", null=True, blank=True)
    basis = models.CharField("受众人数怎么统计的", max_length=200, blank=True)
    views = models.PositiveIntegerField("浏览量", default=0)
    reposts = models.PositiveIntegerField("转发量", default=0)
    media = models.PositiveIntegerField("媒体报道", default=0)
    links = ArrayField(models.CharField(max_length=500), verbose_name="链接", default=list, blank=True)
    hashtags = ArrayField(models.CharField(max_length=60), verbose_name="话题", default=list, blank=True)
    feedback = models.TextField("反馈与效果", max_length=1000, blank=True)
    created_at = models.DateTimeField("开始填写")
    changed_at = models.DateTimeField("修改时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    correct_until = models.DateTimeField("补正截止（此刻起不再受理）", null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务记录"
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["state", "submitted_at"], name="record_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "returned", "withdrawn", "rejected"))
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="record_ends_after_start",
                violation_error_message="结束应晚于开始",
            ),
        ]
        triggers = [
            *record_states.RECORD.triggers(),
            pgtrigger.ReadOnly(name="record_stays", fields=["entry", "edition", "placement", "created_at"]),
            pgtrigger.Trigger(
                name="hours_follow",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.After,
                func=_HOURS_FOLLOW,
            ),
        ]

    def __str__(self) -> str:
        return self.title or "（未填活动名称）"

    @property
    def number(self) -> str:
        """`GDAIKP1-S-000012`."""
        return f"{self.edition.rulebook.edition.code}-S-{self.pk:06d}"

    @property
    def minutes(self) -> int:
        """How long it lasted; 0 while that is not known."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60 if self.starts_at and self.ends_at else 0

    @property
    def month(self) -> str:
        """2025-03, Beijing: the month in which its points count."""
        return f"{self.starts_at.astimezone(BEIJING):%Y-%m}" if self.starts_at else ""


@tracked()
class ServicePhoto(models.Model):
    """A photo of the activity: evidence, for the entry's people and its contact."""

    record = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="photos", verbose_name="服务记录")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="文件")
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    removed_at = models.DateTimeField("移出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file) if self.file else "（已删除）"


@tracked()
class ServiceHours(models.Model):
    """One person's part in an activity: from when, how long. Nobody serves at two places at once."""

    record = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="hours", verbose_name="服务记录")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="成员")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hours", verbose_name="账号")
    minutes = models.PositiveSmallIntegerField("时长（分钟）", null=True, blank=True)  # None: the whole activity
    # Filled in when the record is handed in, from the activity's beginning on.
    starts_at = models.DateTimeField("开始", null=True, blank=True, editable=False)
    ends_at = models.DateTimeField("结束", null=True, blank=True, editable=False)
    counts = models.BooleanField("占用时间", default=False, editable=False)  # kept by the record's state

    class Meta:
        verbose_name = verbose_name_plural = "服务时长"
        ordering = ["record", "pk"]
        indexes = [models.Index(fields=["user", "starts_at"], condition=Q(counts=True), name="hours_of_a_person")]
        constraints = [
            models.UniqueConstraint(fields=["record", "user"], name="one_part_a_person"),
            models.CheckConstraint(
                condition=Q(counts=False)
                | Q(
                    starts_at__isnull=False, ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + timedelta(days=1)
                ),
                name="hours_within_a_day",
                violation_error_message="服务时长应大于 0，不超过 24 小时",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="hours_stay", fields=["record", "member", "user"]),
            pgtrigger.Trigger(
                name="not_twice",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("counts", "starts_at", "ends_at"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__counts=True),
                func=_NOT_TWICE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.length} 分钟"

    @property
    def length(self) -> int:
        """Minutes served: their own, or the activity's."""
        return self.record.minutes if self.minutes is None else self.minutes
