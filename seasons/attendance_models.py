"""Who trains (参训): enrolments, attendance, what was studied, the quiz."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from registrations.entry_models import Member

from .training_models import Course, Material, Session

if TYPE_CHECKING:
    from core.accounts.models import User

# Maintains Course.taken, whoever writes; the CHECK there holds the capacity. The UPDATE takes the course's row lock,
# which makes racers wait (as with places, reliability 3).
_COUNT_SEATS = """
    was := TG_OP <> 'INSERT' AND OLD.left_at IS NULL;
    is_now := TG_OP <> 'DELETE' AND NEW.left_at IS NULL;
    UPDATE seasons_course SET taken = taken + is_now::int - was::int
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.course_id ELSE NEW.course_id END AND was <> is_now;
    RETURN NULL;
"""
_SAME_COURSE = """
    IF (SELECT course_id FROM seasons_session WHERE id = NEW.session_id) IS DISTINCT FROM
       (SELECT course_id FROM seasons_enrolment WHERE id = NEW.enrolment_id) THEN
        RAISE EXCEPTION 'attendance at a session of another course';
    END IF;
    RETURN NEW;
"""


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments by who may see them."""

    def visible_to(self, user: "User") -> "EnrolmentQuerySet":
        """The person; contacts the people of their tracks; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(Q(member__user=user) | Q(member__entry__track__in=user.track_contacts.values("track")))

    def reviewed_by(self, user: "User") -> "EnrolmentQuerySet":
        """What somebody answers for: contacts the people of their tracks, the organiser all."""
        if user.is_superuser:
            return self
        return self.filter(member__entry__track__in=user.track_contacts.values("track"))

    def here(self) -> "EnrolmentQuerySet":
        """Of people who left neither the course nor their entry."""
        return self.filter(left_at=None, member__left_at=None)


@tracked()
class Enrolment(models.Model):
    """A person's seat in a course (报名培训)."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments", verbose_name="课程")
    member = models.ForeignKey(Member, models.PROTECT, related_name="enrolments", verbose_name="成员")
    enrolled_at = models.DateTimeField("报名时间")
    left_at = models.DateTimeField("退出时间", null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训报名"
        ordering = ["course", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "member"], condition=Q(left_at=None), name="one_seat_a_person_in_a_course"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="enrolment_stays", fields=["course", "member", "enrolled_at"]),
            pgtrigger.Trigger(
                name="count_seats",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("left_at") | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("was", "boolean"), ("is_now", "boolean")],
                func=_COUNT_SEATS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.name}：{self.course}"


@tracked(personal=("note",))
class Attendance(models.Model):
    """How long somebody was at a session (出勤), as one source tells it; `rules.training` says which counts."""

    HOW = [("code", "签到码"), ("file", "参会记录"), ("hand", "联系人登记")]

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances", verbose_name="课次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attendances", verbose_name="报名")
    how = models.CharField("来源", max_length=4, choices=HOW)
    minutes = models.PositiveSmallIntegerField("分钟")
    at = models.DateTimeField("记录时间")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "出勤"
        ordering = ["session", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "enrolment", "how"], name="one_attendance_a_source")]
        triggers = [
            pgtrigger.ReadOnly(name="attendance_stays", fields=["session", "enrolment", "how"]),
            pgtrigger.Trigger(name="same_course", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_SAME_COURSE),
        ]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.minutes} 分钟"


@tracked()
class Seen(models.Model):
    """Somebody has gone through a material (已学)."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="seen", verbose_name="材料")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="seen", verbose_name="报名")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "学习进度"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["material", "enrolment"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.material}"


@tracked()
class QuizTry(models.Model):
    """One go at a course's quiz (测验): what was chosen, question by question, and how much of it was right."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="tries", verbose_name="报名")
    number = models.PositiveSmallIntegerField("第几次")
    answers = models.JSONField("作答", default=dict)  # question → numbers of the chosen options
    right = models.PositiveSmallIntegerField("答对")
    total = models.PositiveSmallIntegerField("题数")
    passed = models.BooleanField("及格")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "测验记录"
        ordering = ["enrolment", "number"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "number"], name="one_try_a_number")]
        triggers = [pgtrigger.ReadOnly(name="try_stays", fields=["enrolment", "number", "right", "total", "passed"])]

    def __str__(self) -> str:
        return f"第 {self.number} 次：{self.right}/{self.total}"
