"""Objections to a published list (异议): by real name or under a unit's stamp, with evidence, each with its clocks."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.files.models import StoredFile

from . import states
from .list_models import AwardList, Release

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.accounts.models import User

USER = settings.AUTH_USER_MODEL
OPEN_CHECK = "objections_are_to_public_lists"
_INSIDE = f"""
    PERFORM FROM awards_awardlist WHERE id = NEW.award_list_id AND state = 'published' FOR SHARE;
    IF NOT FOUND THEN
        RAISE check_violation USING CONSTRAINT = '{OPEN_CHECK}', MESSAGE = 'the list is not open to objections';
    END IF;
    RETURN NEW;
"""
TWICE = "one_objection_a_person_and_line"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "ObjectionQuerySet":
        """Whoever filed it, and the organiser; nobody else learns who objected."""
        if not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(by=user.pk)

    def open(self) -> "ObjectionQuerySet":
        """Without an answer: the award is frozen."""
        return self.filter(state__in=states.OPEN)


@tracked(personal=("words", "unit", "note", "answer"))
class Objection(models.Model):
    """An objection to one line of a published list, or to the list as a whole (about = "")."""

    STATES = states.OBJECTION
    KINDS = [("person", "个人实名"), ("unit", "单位盖章")]

    award_list = models.ForeignKey(AwardList, models.PROTECT, related_name="objections", verbose_name="名单")
    release = models.ForeignKey(Release, models.PROTECT, related_name="objections", verbose_name="对哪一版")
    about = models.CharField("对象", max_length=300, blank=True)  # key of a line
    kind = models.CharField("以谁的名义", max_length=8, choices=KINDS)
    unit = models.CharField("单位全称", max_length=100, blank=True)
    words = models.TextField("异议内容", max_length=1000)
    # None once its author's data was deleted.
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证据或盖章的异议书"
    )
    by = models.ForeignKey(USER, models.PROTECT, related_name="objections", verbose_name="提出人")
    filed_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限")  # exclusive
    state = models.CharField("状态", max_length=12, choices=states.OBJECTION.choices, default=states.OBJECTION.initial)
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    outcome = models.CharField("结论", max_length=10, choices=states.OUTCOMES, blank=True)
    note = models.CharField("核查情况", max_length=1000, blank=True)  # for the organiser
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结论人")
    made = models.ForeignKey(
        Release, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="因此更正的版次"
    )
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["award_list", "state"], name="objections_of_a_list")]
        constraints = [
            models.UniqueConstraint(fields=["award_list", "about", "by"], name=TWICE),
            models.CheckConstraint(
                condition=~Q(state__in=("decided", "answered")) | ~Q(outcome=""), name="decided_objections_say_how"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("answered", "declined")) | ~Q(answer=""), name="answers_have_words"
            ),
        ]
        triggers = [
            *states.OBJECTION.triggers(),
            pgtrigger.ReadOnly(
                name="objection_stays", fields=["award_list", "release", "about", "kind", "by", "filed_at", "due_at"]
            ),
            pgtrigger.Protect(name="objection_remains", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="objected_inside", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_INSIDE),
        ]

    def __str__(self) -> str:
        return f"异议第 {self.pk} 号"
