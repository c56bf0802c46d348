"""What must be kept with care: minors and their guardians (sealed at rest), consents, requests for deletion."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.audit.history import tracked
from core.files.models import SHA256
from core.sealed.fields import BlindIndexField, SealedTextField
from core.tokens import new_nonce
from tracks.models import Edition

from . import states
from .entry_models import Entry, Member


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("changed"),  # another month: a sealed column alone leaves no version
    pghistory.ManualEvent("shown"),  # somebody on the staff looked
    exclude=("month",),
)
class BirthMonth(models.Model):
    """A participant's year and month of birth (出生年月) on a track for pupils: it decides about the guardian."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField(Member, models.CASCADE, related_name="birth", verbose_name="成员")
    month = SealedTextField("出生年月")  # "2012-05"

    class Meta:
        verbose_name = verbose_name_plural = "出生年月"

    def __str__(self) -> str:
        return "出生年月"


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("shown"),
    exclude=("name", "phone", "phone_index", "nonce"),
    personal=("relation",),
)
class Guardian(models.Model):
    """A minor's guardian (监护人) and what they said to the text put before them (PIPL 31)."""

    STATES = states.GUARDIAN

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="guardians", verbose_name="成员")
    name = SealedTextField("监护人姓名")
    phone = SealedTextField("监护人手机号")  # E.164
    phone_index = BlindIndexField(of="phone", purpose="guardian.phone")
    relation = models.CharField("与参赛者关系", max_length=20)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)  # makes the link (as with invitations)
    state = models.CharField("状态", max_length=12, choices=states.GUARDIAN.choices, default=states.GUARDIAN.initial)
    asked_at = models.DateTimeField("发出时间")
    # The text that was put before the guardian when they answered; exact words are in the edition of that hash.
    version = models.CharField("文本版本", max_length=20, blank=True)
    sha256 = models.CharField("文本 SHA-256", max_length=64, blank=True)
    display = models.BooleanField("同意展示", default=False)  # portrait and display, asked separately
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "监护人"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state__in=("asked", "given")), name="one_guardian_at_a_time"
            )
        ]
        triggers = [
            *states.GUARDIAN.triggers(),
            pgtrigger.ReadOnly(name="guardian_stays", fields=["member", "asked_at"]),
        ]

    def __str__(self) -> str:
        return "监护人"


@tracked()
class Consent(models.Model):
    """Somebody accepted a versioned text (告知与承诺): which version, its hash, when; may be taken back."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name="届次")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents", verbose_name="账号")
    entry = models.ForeignKey(
        Entry, models.CASCADE, null=True, blank=True, related_name="consents", verbose_name="报名"
    )
    code = models.CharField("文本", max_length=40)
    version = models.CharField("版本", max_length=20)
    sha256 = models.CharField("文本 SHA-256", max_length=64, validators=[RegexValidator(SHA256)])
    given_at = models.DateTimeField("签署时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意记录"
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "user", "entry", "code", "version"],
                condition=Q(withdrawn_at=None),
                name="one_consent_a_version",
                nulls_distinct=False,
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="consent_stays", fields=["edition", "user", "code", "version", "sha256", "given_at"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} 第 {self.version} 版"


@tracked(personal=("reason",))
class DeletionRequest(models.Model):
    """Somebody asks that their personal data be deleted (PIPL 47); the organiser handles it."""

    STATES = states.DELETION

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deletion_requests", verbose_name="账号"
    )
    reason = models.CharField("原因（选填）", max_length=300, blank=True)
    state = models.CharField("状态", max_length=12, choices=states.DELETION.choices, default=states.DELETION.initial)
    asked_at = models.DateTimeField("申请时间")
    handled_at = models.DateTimeField("处理时间", null=True, blank=True)
    note = models.CharField("答复", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息删除申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="asked"), name="one_open_deletion_a_person")
        ]
        triggers = states.DELETION.triggers()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.asked_at):%F} 删除申请"
