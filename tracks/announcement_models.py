"""What the organiser tells the public: announcements and answered questions, and the QR codes of customer groups."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.workdays import deadline_after

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.accounts.models import User

NEW_FOR = 3  # working days that an announcement is marked “最新”
TITLE_MAX = 80
BODY_MAX = 20_000


class OfTrackQuerySet(models.QuerySet[Any]):
    """Rows of a track, or of the whole edition, by who on the staff works on them."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The organiser's all; a contact's those of the own tracks. The public's pages draw from `public`."""
        if not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(track__contacts__user=user)


class AnnouncementQuerySet(OfTrackQuerySet):
    """Announcements by whether the public sees them."""

    def public(self, now: datetime) -> Self:
        """Published and not withdrawn at a moment of contest time; the newest first, questions in their order."""
        return self.filter(published_at__lte=now, withdrawn_at=None)

    def news(self) -> Self:
        """公告, the newest first."""
        return self.filter(kind="news").order_by("-published_at", "-pk")

    def questions(self) -> Self:
        """常见问题, in the order that staff gave them."""
        return self.filter(kind="faq").order_by("position", "pk")


@tracked(personal=("title", "body"))
class Announcement(models.Model):
    """A text for the public (公告, 常见问题): of the whole edition, or of one track.

    Without `published_at` it is a draft; with one that lies ahead it is scheduled: the clock publishes it, no timer.
    """

    KINDS = [("news", "公告"), ("faq", "常见问题")]

    edition = models.ForeignKey("tracks.Edition", models.PROTECT, related_name="announcements", verbose_name="届次")
    track = models.ForeignKey(
        "tracks.Track", models.PROTECT, null=True, blank=True, related_name="announcements", verbose_name="赛道"
    )
    kind = models.CharField("种类", max_length=8, choices=KINDS, default="news")
    title = models.CharField("标题", max_length=TITLE_MAX)
    body = models.TextField("正文", max_length=BODY_MAX)  # Markdown
    position = models.PositiveSmallIntegerField("顺序", default=0)  # of questions
    published_at = models.DateTimeField("发布时间", null=True, blank=True)  # contest time; None: a draft
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    created_at = models.DateTimeField("起草时间")
    changed_at = models.DateTimeField("修改时间")

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公告与问答"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["edition", "kind", "-published_at"], name="announcements_public")]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(published_at__isnull=False), name="only_the_published_is_withdrawn"
            )
        ]
        triggers = [pgtrigger.ReadOnly(name="announcement_stays", fields=["edition", "kind", "created_at"])]

    def __str__(self) -> str:
        return self.title

    def standing(self, now: datetime) -> str:
        """draft, scheduled, public or withdrawn."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.published_at is None:
            return "draft"
        return "public" if self.published_at <= now else "scheduled"

    def is_new(self, now: datetime) -> bool:
        """Published within the last working days: bears the mark “最新”."""
        return self.published_at is not None and now < deadline_after(self.published_at, NEW_FOR)

    @property
    def revised(self) -> bool:
        """Changed after it was published, so that the page says when."""
        return self.published_at is not None and self.changed_at > self.published_at


@tracked()
class AnnouncementFile(models.Model):
    """A file that comes with an announcement (附件); a picture may also stand in its text, by its name."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="files", verbose_name="公告")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name="文件")
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "公告附件"
        ordering = ["announcement", "pk"]

    def __str__(self) -> str:
        return str(self.file)


class GroupCodeQuerySet(OfTrackQuerySet):
    """Codes by whether they still lead somewhere."""

    def valid(self, now: datetime) -> Self:
        """Those that have not run out."""
        return self.filter(expires_at__gt=now)


@tracked()
class GroupCode(models.Model):
    """The QR code of a track's customer-service group (客服群二维码, G48). WeChat's run out after seven days, so each
    has its last instant (`expires_at`, exclusive): an overdue one is not shown, and the contacts are told before."""

    track = models.ForeignKey("tracks.Track", models.PROTECT, related_name="group_codes", verbose_name="赛道")
    name = models.CharField("群名称", max_length=40)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name="二维码图片")
    added_at = models.DateTimeField("上传时间")
    expires_at = models.DateTimeField("失效时间")

    objects = GroupCodeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客服群二维码"
        ordering = ["track", "-expires_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("added_at")), name="a_group_code_is_valid_for_a_while")
        ]

    def __str__(self) -> str:
        return self.name
