"""The contest in the database: the edition's exact text, and the rows that others point at or organisers edit."""

import copy
import hashlib
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from core.audit.history import APPEND_ONLY_TRIGGERS, tracked
from core.files.models import SHA256
from core.workdays import deadline_after

from .announcement_models import Announcement, AnnouncementFile, GroupCode
from .rulebook import Rulebook, Window, parse, window_of

__all__ = [
    "Announcement",
    "AnnouncementFile",
    "Category",
    "Edition",
    "GroupCode",
    "Milestone",
    "RuleText",
    "SpecialDay",
    "Track",
    "TrackContact",
]


class RuleText(models.Model):
    """The exact text of an edition's file, under its own SHA-256: written once, read once a process.

    A table of its own, so that the fifty thousand characters do not travel with every row that is asked for with its
    edition.
    """

    append_only = True

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True, validators=[RegexValidator(SHA256)])
    text = models.TextField("规则文件全文")

    class Meta:
        verbose_name = verbose_name_plural = "规则文件"
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return self.sha256[:12]

    @classmethod
    def kept(cls, text: str) -> "RuleText":
        """The row of a text, now there. Only checked texts are kept."""
        return cls.objects.get_or_create(sha256=cls.digest(text), defaults={"text": text})[0]

    @staticmethod
    def digest(text: str) -> str:
        """SHA-256 of a text, hexadecimal."""
        return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=16)
def _text(sha256: str) -> str:
    return RuleText.objects.get(pk=sha256).text


@lru_cache(maxsize=16)
def _rulebook(sha256: str) -> Rulebook:
    """Parsed once a process; only checked texts are stored."""
    rulebook = parse(_text(sha256)).rulebook
    if rulebook is None:
        raise ValueError(f"edition text {sha256} was stored unchecked")
    return rulebook


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions, one of them the current one."""

    def current(self) -> "Edition | None":
        """The edition that the portal shows."""
        return self.filter(is_current=True).first()

    def opened(self) -> "EditionQuerySet":
        """The current one and those before it; one that was loaded after it is still being prepared."""
        return self.exclude(models.Exists(Edition.objects.filter(is_current=True, pk__lt=models.OuterRef("pk"))))


@tracked()
class Edition(models.Model):
    """One year's contest (届): its file's exact text is the rule; everything else here is derived from it."""

    slug = models.SlugField("代码", unique=True)
    name = models.CharField("名称", max_length=200)
    rules = models.ForeignKey(RuleText, models.PROTECT, related_name="editions", verbose_name="规则文件")
    is_current = models.BooleanField("当前届", default=False)
    changed_at = models.DateTimeField("更新时间", auto_now=True)

    objects = EditionQuerySet.as_manager()
    in_request = False  # the request's own, as the database had it when the request came (tracks.current)

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_current_edition"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rulebook(self) -> Rulebook:
        """What the edition's file says."""
        return _rulebook(self.rules_id)

    @property
    def text(self) -> str:
        """The edition's file, to the letter."""
        return _text(self.rules_id)

    @property
    def sha256(self) -> str:
        """Of that file, hexadecimal."""
        return self.rules_id

    @cached_property
    def calendar(self) -> list["Milestone"]:
        """The milestones in order of the file, with the organiser's dates."""
        return list(self.milestones.all())

    def window(self, action: str, category: str | None = None) -> Window:
        """When an action is open, by the dates in force (`recommend`, `register`, …)."""
        return window_of(action, self.calendar, category)

    def for_request(self) -> Self:
        """A copy for one request, that shares what was read with it."""
        mine = copy.copy(self)
        mine.in_request = True
        mine._prefetched_objects_cache = dict(getattr(self, "_prefetched_objects_cache", {}))  # type: ignore[attr-defined]
        return mine

    def correction_until(self, since: datetime) -> datetime:
        """When what is returned at a moment must be back (补正, Q32): the end of the last of so many working days,
        exclusive."""
        return deadline_after(since, self.rulebook.recommendation.correction_working_days)


class _Coded(models.Model):
    """A row of the edition file that other rows point at."""

    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=200)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class TrackQuerySet(models.QuerySet["Track"]):
    """Tracks by who answers for them."""

    def visible_to(self, user: models.Model) -> Self:
        """The tracks whose material a member of staff may see: a contact's own, all for the organiser."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self if user.is_superuser else self.filter(contacts__user=user)  # type: ignore[attr-defined]


@tracked()
class Track(_Coded):
    """A track (赛道), by the people who enter; orthogonal to categories (G3)."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="tracks", verbose_name="届次")
    mailbox = models.EmailField("赛道邮箱", blank=True)

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "赛道"
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="one_track_a_code")]

    @property
    def contact_users(self) -> list[Any]:
        """The accounts of those who answer for it."""
        known = "contacts" in getattr(self, "_prefetched_objects_cache", {})
        return [contact.user for contact in (self.contacts.all() if known else self.contacts.select_related("user"))]


@tracked()
class TrackContact(models.Model):
    """A person who answers for a track and reviews its material (赛道联系人, G6)."""

    track = models.ForeignKey(Track, models.CASCADE, related_name="contacts", verbose_name="赛道")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="track_contacts", verbose_name="联系人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "赛道联系人"
        constraints = [models.UniqueConstraint(fields=["track", "user"], name="one_contact_a_person")]

    def __str__(self) -> str:
        return f"{self.track} · {self.user}"


@tracked()
class Category(_Coded):
    """An award category (A/B/C), by what is made; several may be entered on one place (G16, G21)."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="categories", verbose_name="届次")

    class Meta:
        verbose_name = verbose_name_plural = "类别"
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="one_category_a_code")]


@tracked()
class Milestone(_Coded):
    """A date of the contest. The file gives it first; an organiser may change it here, with a reason.

    Half-open: `starts_at` is the first instant, `ends_at` the first that is no longer part of it (G30).
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="milestones", verbose_name="届次")
    kind = models.CharField("种类", max_length=20)
    starts_at = models.DateTimeField("开始", null=True, blank=True)
    ends_at = models.DateTimeField("结束（此刻起不再受理）", null=True, blank=True)
    precision = models.CharField("精度", max_length=10)
    channel = models.CharField("通道", max_length=40, blank=True)
    opens = ArrayField(models.CharField(max_length=40), verbose_name="开放的事项", default=list, blank=True)
    closes = ArrayField(models.CharField(max_length=40), verbose_name="截止的事项", default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=40), verbose_name="适用类别", default=list, blank=True)
    hard = models.BooleanField("逾期不受理", default=True)
    grace_minutes = models.PositiveSmallIntegerField("宽限分钟", default=0)
    quote = models.CharField("原文", max_length=500, blank=True)
    source = models.CharField("依据", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "日程"
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="one_milestone_a_code"),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at"))
                | models.Q(starts_at=None)
                | models.Q(ends_at=None),
                name="milestone_ends_after_start",
                violation_error_message="结束应晚于开始",
            ),
        ]


@tracked()
class SpecialDay(models.Model):
    """A holiday or make-up day that the organiser knows of (放假与调休): it goes before the calendar that came with the
    portal, which ends with the last year announced when it was built."""

    day = models.DateField("日期", unique=True)
    works = models.BooleanField("上班", help_text="勾选：调休上班；不勾选：放假")
    name = models.CharField("名称", max_length=40, help_text="如“国庆节”“国庆调休”")

    class Meta:
        verbose_name = verbose_name_plural = "放假与调休"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
