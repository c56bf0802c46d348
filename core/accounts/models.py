"""The user, and the base of every invitation."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.module_loading import import_string

from core.audit.history import tracked
from core.tokens import new_nonce

from .contacts import E164, mask_email, mask_phone, normalise_email, normalise_phone
from .fields import OptionalEmailField, OptionalPhoneField
from .states import INVITATION_LABELS

INVITATION_LASTS = timedelta(days=14)


class UserManager(BaseUserManager["User"]):
    """Makes accounts. Those made here count as verified: staff or a program vouch for the contact."""

    def create_user(
        self,
        real_name: str,
        phone: str | None = None,
        email: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> "User":
        """An account that can be reached by phone, mailbox or both; without a password it signs in by code.

        Raises ValueError for a wrong phone number, IntegrityError for a taken contact or none at all.
        """
        user = self.model(
            real_name=real_name,
            phone=normalise_phone(phone) if phone else None,
            email=normalise_email(email) if email else None,
            **more,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, real_name: str, **more: Any) -> "User":
        """The same with all rights in the admin."""
        return self.create_user(real_name, **more, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, email: str | None) -> "User":
        """By mailbox, in whatever case it was typed."""
        return self.get(email=normalise_email(email or ""))


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("exported"),  # somebody took a copy of their own data
    exclude=("phone", "email", "password", "last_login"),
    personal=("real_name",),
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person (账号), known by a phone number, a mailbox or both.

    There is no user name: `USERNAME_FIELD` is the mailbox because Django wants one, and sign-in goes through
    allauth, which takes either. What a person may do follows from rows that name them, never from this table.
    """

    real_name = models.CharField("真实姓名", max_length=60)
    phone = OptionalPhoneField("手机号", unique=True, null=True, blank=True)
    email = OptionalEmailField("邮箱", unique=True, null=True, blank=True)
    verified = models.BooleanField(
        "已验证", default=True, help_text="自行注册的账号，输入短信或邮件里的验证码后才算已验证"
    )
    is_active = models.BooleanField("可以登录", default=True, help_text="停用账号时取消勾选，不要删除")
    is_staff = models.BooleanField("管理人员", default=False, help_text="可以进入管理后台")
    date_joined = models.DateTimeField("注册时间", default=timezone.now, editable=False)

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["real_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                name="user_can_be_reached",
                condition=Q(phone__isnull=False) | Q(email__isnull=False),
                violation_error_message="手机号和邮箱至少填一个",
            ),
            models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(name="user_phone_is_e164", condition=Q(phone__regex=E164)),
        ]

    def __str__(self) -> str:
        return self.real_name

    def get_full_name(self) -> str:
        """What the admin greets by."""
        return self.real_name

    def get_short_name(self) -> str:
        """The same: a Chinese name has no short form."""
        return self.real_name

    @property
    def masked_phone(self) -> str:
        """`138****8000`; empty for none."""
        return mask_phone(self.phone)

    @property
    def masked_email(self) -> str:
        """`z***@example.com`; empty for none."""
        return mask_email(self.email)


class Session(AbstractBaseSession):
    """A browser's session (登录状态), with whose it is, so that one statement reads both."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", verbose_name="账号")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Who encodes its data."""
        return cast("type[SessionBase]", import_string(f"{settings.SESSION_ENGINE}.SessionStore"))


class InvitationQuerySet(models.QuerySet):
    """Invitations by what can still be done with them; real time, not contest time."""

    def open(self) -> "InvitationQuerySet":
        """Those that may be accepted now."""
        return self.filter(accepted_at=None, revoked_at=None, declined_at=None, expires_at__gt=timezone.now())


def default_expiry() -> datetime:
    """A fortnight from now, real time."""
    return timezone.now() + INVITATION_LASTS


class Invitation(models.Model):
    """An offer (邀请) to one person, taken up through a link: once, before it expires, unless revoked.

    An upper app subclasses it with what is offered, sets `url_name` to its view (an `InvitationView`) and decorates
    it with `@tracked(exclude=("phone", "email", "nonce"))`. All writes go through `core.accounts.invitations`.
    """

    url_name: ClassVar[str] = ""  # the address that takes the token as its only argument

    name = models.CharField("受邀人", max_length=60, blank=True)
    phone = OptionalPhoneField("手机号", null=True, blank=True)
    email = OptionalEmailField("邮箱", null=True, blank=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_at = models.DateTimeField("发出时间", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="邀请人"
    )
    expires_at = models.DateTimeField("有效期至", default=default_expiry)
    revoked_at = models.DateTimeField("撤销时间", null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="撤销人"
    )
    declined_at = models.DateTimeField("谢绝时间", null=True, editable=False)  # whoever holds the link may say no
    accepted_at = models.DateTimeField("接受时间", null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="接受人"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_one_end",
                condition=Q(revoked_at=None, declined_at=None)
                | Q(accepted_at=None, declined_at=None)
                | Q(accepted_at=None, revoked_at=None),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_who_accepted",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    @property
    def status(self) -> str:
        """open, accepted, declined, revoked or expired: a key of `states.INVITATION_LABELS`."""
        if self.accepted_at:
            return "accepted"
        if self.declined_at:
            return "declined"
        if self.revoked_at:
            return "revoked"
        return "open" if self.expires_at > timezone.now() else "expired"

    @property
    def status_label(self) -> str:
        """The status in Chinese."""
        return INVITATION_LABELS[self.status]

    @property
    def masked_contact(self) -> str:
        """Whom it was sent to, for a page that strangers may see."""
        return mask_phone(self.phone) or mask_email(self.email)
