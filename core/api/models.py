"""The token of a program."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.audit.history import tracked

from .states import LABELS

if TYPE_CHECKING:
    from core.accounts.models import User

SHA256 = r"\A[0-9a-f]{64}\Z"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by whether they still open anything; real time, as sessions."""

    def visible_to(self, user: "User") -> "ApiTokenQuerySet":
        """The organiser's alone."""
        return self if user.is_active and user.is_superuser else self.none()

    def live(self) -> "ApiTokenQuerySet":
        """Neither ended nor of somebody who is no organiser any more: a token opens what its maker may see."""
        maker = Q(created_by__is_active=True, created_by__is_superuser=True)
        return self.filter(maker, revoked_at=None, expires_at__gt=timezone.now())


@tracked(exclude=("digest", "last_used_at"))
class ApiToken(models.Model):
    """A program's key (接口令牌). The table holds its SHA-256 alone: the secret has 256 random bits, so that a plain
    hash is enough, and it was shown once."""

    label = models.CharField("用途", max_length=60)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name="可以读取")  # keys of settings.API_SCOPES
    digest = models.CharField(max_length=64, unique=True, editable=False, validators=[RegexValidator(SHA256)])
    hint = models.CharField("开头", max_length=16, editable=False)  # tells staff which one a program has
    created_at = models.DateTimeField("新建时间", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name="新建人"
    )
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True, editable=False)  # to the minute

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["label"], condition=Q(revoked_at=None), name="one_token_a_purpose"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="tokens_end"),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="tokens_open_something"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def status(self) -> str:
        """live, expired or revoked: a key of `states.LABELS`."""
        if self.revoked_at:
            return "revoked"
        return "live" if self.expires_at > timezone.now() else "expired"

    @property
    def status_label(self) -> str:
        """The status in Chinese."""
        return LABELS[self.status]

    @property
    def scopes_said(self) -> str:
        """What it opens, in Chinese."""
        return "、".join(settings.API_SCOPES.get(scope, scope) for scope in self.scopes)
