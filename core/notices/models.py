"""What was written to whom, and whether it arrived."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.audit.history import tracked

from . import states
from .registry import Kind, kinds


class Channel(models.TextChoices):
    """How a notice travels."""

    EMAIL = "email", "邮件"
    SMS = "sms", "短信"
    NONE = "", "无"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by whose they are."""

    def of(self, user: Any) -> "NoticeQuerySet":
        """What was written to somebody's account; what was blanked at their request is gone."""
        return self.filter(recipient=user.pk).exclude(text="")

    def unread(self) -> "NoticeQuerySet":
        """Those not yet opened in the portal."""
        return self.filter(read_at=None)


@tracked(
    exclude=("address", "subject", "text", "html", "attempts", "last_error", "message_id", "read_at"),
    personal=("name",),
)
class Notice(models.Model):
    """One message to one recipient about one thing (通知), rendered when it was caused."""

    STATES = states.NOTICE

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name="收件人"
    )
    name = models.CharField("称呼", max_length=100, blank=True)
    address = models.CharField("地址", max_length=254, blank=True)  # e-mail or phone, as of then
    channel = models.CharField("渠道", max_length=5, choices=Channel.choices, blank=True)
    template = models.CharField("种类", max_length=60)
    # Found by the index `notice_about`.
    content_type = models.ForeignKey(ContentType, models.PROTECT, db_index=False, verbose_name="事由类型")
    object_id = models.CharField("事由编号", max_length=64)
    about = GenericForeignKey("content_type", "object_id")
    occasion = models.CharField("场合", max_length=60, blank=True)  # tells apart repeated notices of one kind
    subject = models.CharField("主题", max_length=200)
    text = models.TextField("正文")
    html = models.TextField("网页正文", blank=True)
    state = models.CharField("状态", max_length=10, choices=STATES.choices, default=STATES.initial)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    doubts = models.PositiveSmallIntegerField("结果不明次数", default=0)  # each may have reached the recipient
    resends = models.PositiveSmallIntegerField("重发次数", default=0)
    last_error = models.TextField("最近错误", blank=True)
    message_id = models.CharField("邮件编号", max_length=200, blank=True)
    created = models.DateTimeField("创建于", db_default=Now())
    sent = models.DateTimeField("发出于", null=True, blank=True)
    read_at = models.DateTimeField("在站内打开于", null=True, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "content_type", "object_id", "occasion", "recipient"],
                name="notice_once_to_user",
            ),
            models.UniqueConstraint(
                fields=["template", "content_type", "object_id", "occasion", "address"],
                name="notice_once_to_address",
                condition=Q(recipient=None),
            ),
        ]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="notice_about"),
            models.Index(fields=["state"], name="notice_open", condition=~Q(state=states.SENT)),
            models.Index(fields=["recipient"], name="notice_unread", condition=Q(read_at=None)),
        ]
        triggers = states.NOTICE.triggers()

    def __str__(self) -> str:
        return f"{self.label}：{self.subject}"

    @property
    def kind(self) -> Kind | None:
        """Its registered kind; None when the code no longer knows it."""
        return kinds.get(self.template)

    @property
    def label(self) -> str:
        """What staff call this kind of notice."""
        return self.kind.label if self.kind else self.template

    @property
    def private(self) -> bool:
        """True when staff must not see the text: it holds a personal link."""
        return self.kind is None or self.kind.private
