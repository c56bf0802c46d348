"""An account: what its owner gets to see of it, and closing it for good."""

from collections import Counter

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password

from core import idempotency
from core.audit.redaction import REDACTED, redact
from core.personal import CLOSED, Person, Section

from .models import Session, User


def gather(user: User) -> list[Section]:
    """The account itself."""
    facts = [
        ("真实姓名", user.real_name),
        ("手机号", str(user.phone or "")),
        ("邮箱", str(user.email or "")),
        ("已验证", "是" if user.verified else "否"),
        ("注册时间", user.date_joined),
        ("最近登录", user.last_login),
        ("两步验证", "已启用" if Authenticator.objects.filter(user=user).exists() else "未启用"),
    ]
    return [Section("账号", ("项目", "内容"), facts)]


def purge(person: Person) -> Counter[str]:
    """Close the account: nobody signs in, nothing says whose it was. In the caller's transaction, and last of all."""
    user, done = person.user, Counter[str]()
    sessions = [s.pk for s in Session.objects.iterator() if _is_about(s.get_decoded(), person)]
    done["登录状态"] = Session.objects.filter(pk__in=sessions).delete()[0]
    done["两步验证"] = Authenticator.objects.filter(user=user).delete()[0]
    done["待验证的邮箱"] = EmailAddress.objects.filter(user=user).delete()[0]
    done["表单凭据"] = idempotency.forget(user.pk, person.is_named_in)
    LogEntry.objects.filter(object_repr__in=person.names).update(object_repr=REDACTED, change_message="")
    User.objects.filter(pk=user.pk).update(
        real_name=person.alias,
        phone=None,
        email=f"{person.code.lower()}{CLOSED}",
        password=make_password(None),
        verified=False,
        is_active=False,
        last_login=None,
    )
    done["账号"] = 1
    redact(User, [user.pk])
    return done


def _is_about(session: dict[str, object], person: Person) -> bool:
    """The person's own session, or one in which somebody was about to sign in as them."""
    return session.get("_auth_user_id") == str(person.user.pk) or person.is_named_in(session)
