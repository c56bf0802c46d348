"""The account forms: allauth's, with one contact field, plain words and no placeholders."""

from typing import Any, TypeVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from .contacts import normalise_email, normalise_phone
from .models import User
from .names import check_name, normal_name

F = TypeVar("F", bound=forms.Form)

LONG_ENOUGH = "至少 10 个字符，不能只有数字，不能是常见密码"
LABELS = {
    "code": "验证码",
    "password": "密码",
    "oldpassword": "当前密码",
    "password1": "新密码",
    "password2": "再输入一次新密码",
    "email": "邮箱",
    "phone": "手机号",
    "login": "手机号或邮箱",
}
AS_TYPED = {"autocapitalize": "off", "spellcheck": "false"}  # no help from a phone's keyboard
CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", **AS_TYPED}
# "username" is what password managers file the pair under, whichever contact it is.
CONTACT_ATTRIBUTES = {"autocomplete": "username", **AS_TYPED}


class PlainForm:
    """Our labels and hints, and what browsers and phones need to fill a field in."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= CODE_ATTRIBUTES
        if "password1" in self.fields:
            self.fields["password1"].help_text = LONG_ENOUGH
        for name in {"password", "oldpassword"} & self.fields.keys():
            self.fields[name].help_text = ""


def plain(form: type[F]) -> type[F]:
    """One of allauth's forms in plain words."""
    return type(form.__name__, (PlainForm, form), {"__module__": __name__})


ConfirmLoginCodeForm = plain(account.ConfirmLoginCodeForm)
VerifyPhoneForm = plain(account.VerifyPhoneForm)
ResetPasswordForm = plain(account.ResetPasswordForm)
ConfirmResetForm = plain(account.ConfirmPasswordResetCodeForm)
NewPasswordForm = plain(account.ResetPasswordKeyForm)
SetPasswordForm = plain(account.SetPasswordForm)
ReauthenticateForm = plain(account.ReauthenticateForm)
EmailForm = plain(account.AddEmailForm)
AuthenticateForm = plain(mfa.AuthenticateForm)
ReauthenticateMFAForm = plain(mfa.ReauthenticateForm)
ActivateTOTPForm = plain(totp.ActivateTOTPForm)


class ContactField(forms.CharField):
    """A phone number or a mailbox; gives `("phone", E.164)` or `("email", lower case)`, two empty texts for none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=CONTACT_ATTRIBUTES))
        super().__init__(label="手机号或邮箱", max_length=254, **kwargs)

    def clean(self, value: Any) -> tuple[str, str]:
        """Decide which kind it is by the @. Raises ValidationError."""
        text = super().clean(value)
        if not text:
            return "", ""
        try:
            if "@" not in text:
                return "phone", normalise_phone(text)
            validate_email(text)
        except ValueError as error:
            raise ValidationError(str(error), code="contact") from error
        except ValidationError as error:
            raise ValidationError("邮箱写得不对，请检查 @ 前后是否完整", code="contact") from error
        return "email", normalise_email(text)


class LoginForm(PlainForm, account.LoginForm):
    """Contact and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= CONTACT_ATTRIBUTES


class RequestLoginCodeForm(forms.Form):
    """Contact only: a code goes there. allauth reads `_user`, `cleaned_data["phone"]` and `["email"]`."""

    login = ContactField()
    _user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Find the account, known or not with the same answer, and count the request."""
        if "login" not in self.cleaned_data:
            return self.cleaned_data
        kind, contact = self.cleaned_data["login"]
        if not ratelimit.consume(context.request, action="request_login_code", key=contact):
            raise ValidationError("获取验证码太频繁，请过几分钟再试，或用密码登录", code="too_many")
        if kind == "phone":
            self._user = get_adapter().get_user_by_phone(contact)
        else:
            users = filter_users_by_email(contact, is_active=True, prefer_verified=True, for_login=True)
            self._user = users[0] if users else None
        return self.cleaned_data | {kind: contact}


class RealName:
    """Keeps a name as on the ID (`names`), since mails and certificates will say it."""

    cleaned_data: dict[str, Any]

    def clean_real_name(self) -> str:
        """Refuse what is no name. Raises ValidationError."""
        name = normal_name(self.cleaned_data["real_name"])
        for problem in check_name(name):
            raise ValidationError(problem.message, code=problem.code)
        return name


class SignupForm(PlainForm, RealName, account.SignupForm):
    """Name and one contact; a password is optional, since a code signs in too. Gives no rights of any kind."""

    real_name = forms.CharField(
        label="真实姓名",
        max_length=60,
        help_text="将印在证书上，请与身份证一致",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = ContactField(help_text="验证码会发到这里，以后用它登录")
    field_order = ("real_name", "contact", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"], self.fields["email"]
        self.fields["password1"].label = "设一个密码"
        self.fields["password1"].help_text = f"{LONG_ENOUGH}。不设也可以，以后用验证码登录"

    def clean(self) -> dict[str, Any]:
        """Note whether the contact has an account already; the page that follows does not tell."""
        kind, contact = self.cleaned_data.get("contact", ("", ""))
        if kind:
            self.cleaned_data[kind] = contact  # where allauth looks for a taken phone and for a too similar password
        cleaned = super().clean()
        if kind == "email":
            self.account_already_exists = _is_known(contact)
        action = "verify_phone" if kind == "phone" else "confirm_email"
        if kind and not ratelimit.consume(context.request, action=action, key=contact, dry_run=True):
            self.add_error("contact", "验证码刚刚发过，请稍等再试")
        return cleaned

    def save(self, request: HttpRequest) -> User:
        """The account and its mailbox, in the two statements that a new one takes."""
        adapter = get_adapter()
        user: User = adapter.save_user(request, adapter.new_user(request), self)
        if user.email:
            address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
            user._emailaddress_cache = [address]  # type: ignore[attr-defined]  # where allauth looks first
        return user


class ConfirmEmailForm(PlainForm, account.ConfirmEmailVerificationCodeForm):
    """The code sent to a mailbox; whether somebody else has it by now is asked in one statement."""

    def clean_code(self) -> str:
        """Refuse a wrong code, and a mailbox that is taken. Raises ValidationError."""
        code = account.BaseConfirmCodeForm.clean_code(self)
        if _is_known(self.email, but=self.user.pk if self.user else 0):
            raise get_adapter().validation_error("email_taken")
        return code


def _is_known(mailbox: str, *, but: int = 0) -> bool:
    """Whether some account (`but`: other than this one) has this mailbox, verified or not."""
    accounts = User.objects.filter(email=mailbox.lower()).exclude(pk=but).values("pk")
    addresses = EmailAddress.objects.filter(email=mailbox.lower()).exclude(user=but)
    return addresses.values("user").union(accounts).exists()


class ChangePasswordForm(PlainForm, account.ChangePasswordForm):
    """Whoever has just signed in by code need not know the old password: that is how one forgotten is replaced."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        records = get_authentication_records(context.request, self.user)
        if records and records[-1]["method"] == "code":
            del self.fields["oldpassword"]


class ChangePhoneForm(PlainForm, account.ChangePhoneForm):
    """A new number for the account one is signed in to."""

    def clean_phone(self) -> str:
        """Refuse in words what allauth would answer with a server error: a second code within half a minute."""
        phone = super().clean_phone()
        if not ratelimit.consume(context.request, action="verify_phone", key=phone, dry_run=True):
            raise ValidationError("验证码刚刚发过，请半分钟后再试", code="too_many")
        return phone


class NameForm(RealName, forms.ModelForm):
    """The real name, as it will stand on certificates."""

    class Meta:
        model = User
        fields = ("real_name",)
        help_texts = {"real_name": "将印在证书上，请与身份证一致"}
        widgets = {"real_name": forms.TextInput(attrs={"autocomplete": "name"})}
