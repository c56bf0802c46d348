"""Training (统一培训, G5): courses of a theme, their sessions, materials and quiz. Nothing here ever costs a fee."""

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.tokens import new_nonce
from tracks.models import Track

from . import training_states as states
from .theme_models import Season

if TYPE_CHECKING:
    from core.accounts.models import User

WEB = URLValidator(schemes=["http", "https"], message="请填写 http:// 或 https:// 开头的网址")
CAPACITY_CHECK = "course_within_capacity"

# Enrolments are counted by their own trigger (attendance_models); no other write to `taken` passes.
_COUNTED = """
    IF pg_trigger_depth() = 1 AND NEW.taken IS DISTINCT FROM COALESCE(OLD.taken, 0) THEN
        RAISE EXCEPTION 'seats are counted by the database';
    END IF;
    RETURN NEW;
"""


class CourseQuerySet(models.QuerySet["Course"]):
    """Courses by who may see them."""

    def visible_to(self, user: "User") -> "CourseQuerySet":
        """Everybody sees what is published of announced themes; whoever is in one keeps seeing it; contacts those of
        their tracks and of no track, the organiser all."""
        public = Q(state="published", season__state="published")
        if not (user.is_authenticated and user.is_active):
            return self.filter(public)
        if user.is_superuser:
            return self
        mine = Q(enrolments__member__user=user, enrolments__left_at=None)
        return self.filter(public | Q(pk__in=self.model.objects.filter(mine).values("pk")) | _of_contact(user))

    def run_by(self, user: "User") -> "CourseQuerySet":
        """Those that a contact or the organiser looks after."""
        if not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(_of_contact(user))


def _of_contact(user: "User") -> Q:
    tracks = user.track_contacts.values("track")
    editions = user.track_contacts.values("track__edition")
    return Q(track__in=tracks) | Q(track=None, season__edition__in=editions)


@tracked()
class Course(models.Model):
    """A course of a training theme (培训课程), for all tracks or for one. `taken` seats are counted by the database."""

    STATES = states.COURSE

    season = models.ForeignKey(Season, models.PROTECT, related_name="courses", verbose_name="主题")
    track = models.ForeignKey(
        Track, models.PROTECT, null=True, blank=True, related_name="courses", verbose_name="只限赛道"
    )
    name = models.CharField("课程名称", max_length=100)
    teacher = models.CharField("主讲", max_length=100, blank=True)
    summary = models.TextField("课程介绍", max_length=1000, blank=True)
    capacity = models.PositiveIntegerField(
        "名额", null=True, blank=True, help_text="不填就不限人数", validators=[MinValueValidator(1)]
    )
    taken = models.PositiveIntegerField("已报名", default=0, editable=False)
    homework = models.BooleanField("作业：本类别的作品草稿可以算", default=True)
    pass_percent = models.PositiveSmallIntegerField(
        "测验及格线（%）", default=60, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    tries = models.PositiveSmallIntegerField(
        "测验可做次数", default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)
    state = models.CharField("状态", max_length=12, choices=states.COURSE.choices, default=states.COURSE.initial)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训课程"
        ordering = ["season", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity")),
                name=CAPACITY_CHECK,
                violation_error_message="名额不能少于已报名的人数",
            ),
            models.CheckConstraint(condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="course_pass_mark"),
        ]
        triggers = [
            *states.COURSE.triggers(),
            pgtrigger.ReadOnly(name="course_stays", fields=["season"]),
            pgtrigger.Trigger(
                name="seats_are_counted",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_COUNTED,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int | None:
        """Free seats; None: as many as come."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)


@tracked(exclude=("nonce",))
class Session(models.Model):
    """One meeting of a course (课次): half-open live window, a link, the secret of its codes."""

    STATES = states.SESSION

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions", verbose_name="课程")
    title = models.CharField("本次内容", max_length=100)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    link = models.URLField("入会链接", max_length=500, blank=True, validators=[WEB])
    step = models.PositiveSmallIntegerField(
        "签到码几秒一换", default=45, validators=[MinValueValidator(30), MaxValueValidator(60)]
    )
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    state = models.CharField("状态", max_length=12, choices=states.SESSION.choices, default=states.SESSION.initial)

    class Meta:
        verbose_name = verbose_name_plural = "课次"
        ordering = ["course", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="session_ends_after_start",
                violation_error_message="结束应晚于开始",
            ),
            models.CheckConstraint(condition=Q(step__gte=30, step__lte=60), name="session_code_step"),
        ]
        triggers = [
            *states.SESSION.triggers(),
            pgtrigger.ReadOnly(name="session_stays", fields=["course", "nonce"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        """Length, in whole minutes, at least one."""
        return max(int((self.ends_at - self.starts_at).total_seconds() // 60), 1)


@tracked()
class Material(models.Model):
    """What is studied by oneself (学习材料): a recording of a session, or something to read; a link, a text or both."""

    KINDS = [("recording", "课程回放"), ("reading", "阅读材料")]

    course = models.ForeignKey(Course, models.PROTECT, related_name="materials", verbose_name="课程")
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="materials", verbose_name="属于哪一次课"
    )
    kind = models.CharField("种类", max_length=10, choices=KINDS, default="reading")
    title = models.CharField("名称", max_length=100)
    link = models.URLField("网址", max_length=500, blank=True, validators=[WEB])
    text = models.TextField("内容", max_length=10_000, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "学习材料"
        ordering = ["course", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(link="", text=""),
                name="material_holds_something",
                violation_error_message="网址和内容至少填一项",
            )
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class Question(models.Model):
    """One question of a course's quiz (测验题): options in order, the numbers of the right ones from 0."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="questions", verbose_name="课程")
    text = models.CharField("题目", max_length=300)
    multiple = models.BooleanField("多选题", default=False)
    options = ArrayField(models.CharField(max_length=200), verbose_name="选项")
    right = ArrayField(models.PositiveSmallIntegerField(), verbose_name="正确选项")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "测验题"
        ordering = ["course", "position", "pk"]

    def __str__(self) -> str:
        return self.text
