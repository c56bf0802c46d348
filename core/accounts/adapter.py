"""How allauth meets our users: phones, codes by SMS, mails whose links never come from the request."""

import logging
from typing import Any

from allauth.account import signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.audit.history import recorded
from core.links import link_to
from core.notices.sms import send_sms

from .contacts import normalise_email, normalise_phone
from .fields import PhoneFormField
from .models import User

log = logging.getLogger(__name__)

INVITATION_PATH = "invitation_path"  # session key: the invitation somebody was reading when he went to sign in
OUR_STAGES = {
    f"allauth.account.stages.{name}": f"core.accounts.stages.{name}"
    for name in ("PhoneVerificationStage", "EmailVerificationStage")
}
UNKNOWN, CLOSED = "account/email/unknown_account", "account/email/account_closed"  # mails
WRONG = "账号或密码不对。请检查后重试；忘记密码时可以用验证码登录"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by phone or mailbox; the same answer for known and unknown ones (T2)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "phone_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": "尝试次数过多，请 15 分钟后再试，或改用验证码登录",
        "rate_limited": "操作太频繁，请过一会儿再试",
        "incorrect_code": "验证码不对。请核对最近一条短信或邮件里的 6 位数字",
        "incorrect_password": "密码不对，请重新输入",
        "enter_current_password": "当前密码不对，请重新输入",
        "email_taken": "这个邮箱已被另一个账号使用。请用它登录，或换一个邮箱",
        "phone_taken": "这个手机号已被另一个账号使用。请用它登录，或换一个手机号",
        "same_as_current": "和现在的一样，请填新的",
        "duplicate_email": "这个邮箱已经是您账号的邮箱",
    }

    # --- one account, two ways to name it ------------------------------------------------------------

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        """A signed-up account: unverified until its phone or mailbox has answered with a code."""
        data = form.cleaned_data
        user.real_name = data["real_name"]
        user.phone, user.email = data.get("phone") or None, data.get("email") or None
        user.verified = False
        user.set_password(data.get("password1") or None)
        with recorded("account.signed_up", by=None):
            user.save()
        return user

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A code sent to an unverified account proves who owns the contact; the password somebody chose does not.

        So a stranger who signs up with another's number gains nothing: its owner comes in by code, and the
        stranger's password is gone.
        """
        records = get_authentication_records(request, user)
        if not user.verified and not kwargs["signup"] and records and records[-1]["method"] == "code":
            user.set_unusable_password()
            user.verified = True
            with recorded("account.verified", by=user):
                user.save(update_fields=["password", "verified"])
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Whoever passed all stages has answered with a code."""
        if not user.verified:
            user.verified = True
            with recorded("account.verified", by=user):
                user.save(update_fields=["verified"])
        return super().post_login(request, user, **kwargs)

    def get_login_stages(self) -> list[str]:
        """allauth's steps, two of them ours."""
        stages = super().get_login_stages()
        return [OUR_STAGES.get(stage, stage) for stage in stages]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Back to the invitation, if that is where he came from and the link got lost on the way."""
        return request.session.pop(INVITATION_PATH, None) or super().get_login_redirect_url(request)

    get_signup_redirect_url = get_login_redirect_url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The account page says that it worked."""
        return reverse("account")

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A code has come back. A new account's one mailbox takes two statements where allauth takes nine; a change of
        mailbox, or one that somebody else has, goes its way."""
        user: Any = email_address.user
        others = EmailAddress.objects.filter(Q(user=user) | Q(email=email_address.email, verified=True))
        known = email_address.pk and email_address.email == user.email
        if not known or others.exclude(pk=email_address.pk).exists():
            return bool(super().confirm_email(request, email_address))
        email_address.verified = email_address.primary = True
        email_address.save(update_fields=["verified", "primary"])
        signals.email_confirmed.send(sender=EmailAddress, request=request, email_address=email_address)
        words = "account/messages/email_confirmed.txt"
        self.add_message(request, messages.SUCCESS, words, {"email": email_address.email})
        return True

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """(number, verified), or None."""
        return (user.phone, user.verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Give the user this number."""
        user.phone = phone
        with recorded("account.changed", by=user):
            user.save(update_fields=["phone"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """The number answered. Whether the *account* is verified is decided when sign-in ends."""
        if user.phone != phone:
            self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """By number, however it was typed; None for no such account, an inactive one or no number at all."""
        try:
            return User.objects.filter(phone=normalise_phone(phone)).first()
        except ValueError:
            return None

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """A field that takes numbers as people write them."""
        return PhoneFormField(**kwargs)

    def reauthenticate(self, user: User, password: str) -> bool:
        """allauth looks for an EmailAddress row, which accounts made by staff have not got."""
        contact = {"email": user.email} if user.email else {"phone": user.phone}
        found = self.authenticate(context.request, password=password, **contact)
        return found is not None and found.pk == user.pk

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed tries are counted per account.

        allauth's own key leaves the phone out, so that all phone users would share one limit, and takes the Host
        in, so that a forged one would start a new count.
        """
        if phone := credentials.get("phone"):
            try:
                return normalise_phone(phone)
            except ValueError:
                return str(phone)
        return normalise_email(credentials.get("email") or credentials.get("username") or "")

    # --- what is sent ----------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render and send; a mail server that is down costs the mail, not the page."""
        links = {
            "signup_url": link_to("account_signup"),
            "login_url": link_to("account_login"),
            "code_url": link_to("account_request_login_code"),
            "password_reset_url": link_to("account_reset_password"),
        }
        if template_prefix == UNKNOWN and User.objects.filter(email=normalise_email(email), is_active=False).exists():
            template_prefix = CLOSED  # to sign up would not help
        message = self.render_mail(template_prefix, email, context | links)
        try:
            message.send()
        except OSError:  # smtplib's errors are OSErrors too
            log.exception("account mail was not sent: %s", template_prefix)
            self.add_message(self.request, messages.ERROR, message="邮件暂时发不出去，请稍后再试，或改用手机验证码")

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody signed up with the mailbox of an account."""
        self.send_mail("account/email/account_already_exists", email, {})

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """The code to sign in or to prove a number."""
        self._sms(phone, f"您的验证码是 {code}，10 分钟内有效。请勿告诉他人。")

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """The same page and the same SMS traffic as for a known number; only its owner learns the difference."""
        self._sms(phone, f"这个手机号还没有账号。如需注册，请打开 {link_to('account_signup')}。不是您本人操作请忽略。")

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Somebody signed up with the number of an account."""
        code_url = link_to("account_request_login_code")
        self._sms(phone, f"这个手机号已有账号，请直接用验证码登录：{code_url}。不是您本人操作请忽略。")

    def _sms(self, phone: str, text: str) -> None:
        try:
            send_sms(phone, text)
        except Exception:  # whatever a provider's client raises; it is for the log, and the page is the same
            log.exception("account SMS was not sent")
            self.add_message(self.request, messages.ERROR, message="短信暂时发不出去，请稍后再试，或改用邮箱")


class MFAAdapter(DefaultMFAAdapter):
    """The second factor; staff may not take it off in production."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """False for staff in production."""
        return not (settings.PRODUCTION and authenticator.user.is_staff)
