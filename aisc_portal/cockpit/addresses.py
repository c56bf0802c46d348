"""改地址: an invitation that did not arrive goes out anew, to the right address, by the service that owns it.

The mailbox of an account is not changed here: whoever holds it can sign in, so that only its owner may change it.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from core.accounts import invitations
from core.accounts.models import Invitation, User
from core.notices.admin import mask
from core.notices.models import Notice
from core.notices.states import FAILED, UNKNOWN
from core.problems import Problem, Refused, refuse_if
from judging.judge_models import JudgeInvitation
from judging.services import judges
from registrations.models import OfficerInvitation
from registrations.services import units
from seasons.models import VenueInvitation
from seasons.services import placing_venues

REASON = "邀请没有送到，地址已改正"
OWN = Problem(
    "address.own", "收件人有账号，邮箱和手机号只能由本人改。请用别的方式联系本人，改好以后再把这封通知重新发送"
)
ELSEWHERE = Problem("address.elsewhere", "这一种通知的地址不在这里改。请到填写地址的页面改好，再把通知重新发送")
ARRIVED = Problem("address.arrived", "这封通知没有发送失败，不用改地址")


class AddressForm(forms.Form):
    """Where the invitation is to go."""

    email = forms.EmailField(label="正确的邮箱", required=False, widget=UnfoldAdminEmailInputWidget())
    phone = forms.CharField(
        label="或手机号", required=False, widget=UnfoldAdminTextInputWidget(), help_text="填了邮箱就发邮件，不发短信"
    )


def _officer(old: OfficerInvitation, by: User, **reached: str) -> Invitation:
    return units.invite_officer(old.unit, by=by, name=old.name, **reached)


def _judge(old: JudgeInvitation, by: User, **reached: str) -> Invitation:
    expert = {name: getattr(old, name) for name in judges.EXPERT}
    return judges.invite(
        old.round, by=by, name=old.name, categories=old.categories, panel=old.panel, expert=expert, **reached
    )


def _venue(old: VenueInvitation, by: User, **reached: str) -> Invitation:
    return placing_venues.invite(old.venue, by=by, name=old.name, **reached)


# template → (invitation, how it is given anew)
AGAIN: dict[str, tuple[type[Invitation], Callable[..., Invitation]]] = {
    "officer-invited": (OfficerInvitation, _officer),
    "judge-invited": (JudgeInvitation, _judge),
    "venue-invited": (VenueInvitation, _venue),
}


def why_not(notice: Notice) -> list[Problem]:
    """What stands against correcting its address."""
    if notice.state not in (FAILED, UNKNOWN):
        return [ARRIVED]
    if notice.recipient_id:
        return [OWN]
    if notice.template not in AGAIN or not isinstance(notice.about, Invitation):
        return [ELSEWHERE]
    if notice.about.status != "open":
        words = f"这份邀请{notice.about.status_label}，不用再改地址。还要请这个人，请在原页面另发一份邀请"
        return [Problem("address.over", words)]
    return []


def correct(notice: Notice, *, by: User, email: str = "", phone: str = "") -> Invitation:
    """Revoke the invitation that went astray, and give the same one anew; its link goes to the new address.

    Raises Refused where the address is none, reaches somebody who is in already, or belongs to an account; then
    the old invitation stands.
    """
    with transaction.atomic():
        refuse_if(why_not(notice))
        _, again = AGAIN[notice.template]
        old: Any = notice.about
        if (email or phone) and (email, phone) == (old.email or "", str(old.phone or "")):
            raise Refused(Problem("address.same", "这就是没有送到的那个地址，请核对后填正确的", "email"))
        invitations.revoke(old, by=by, reason=REASON)
        return again(old, by, email=email, phone="" if email else phone)


def stuck(most: int) -> list[Notice]:
    """Messages that a person must look at, the latest first, without those whose invitation was taken back: one
    query."""
    waiting = Notice.objects.filter(state__in=(FAILED, UNKNOWN)).select_related("recipient")
    for template, (model, _) in AGAIN.items():
        over = model._default_manager.filter(revoked_at__isnull=False).annotate(key=Cast("pk", CharField()))
        waiting = waiting.exclude(Q(Exists(over.filter(key=OuterRef("object_id"))), template=template))
    return list(waiting[:most])


def corrigible(notice: Notice) -> bool:
    """Whether its line offers 改地址; asks nothing of the database."""
    return notice.template in AGAIN and notice.recipient_id is None


def effects(notice: Notice) -> list[str]:
    """What correcting does, for the page that asks."""
    to = mask(notice.address) or "没有地址"
    return [
        f"原来发给{notice.name or '对方'}（{to}）的邀请作废，里面的链接不再有效",
        "同样的邀请发往您填的新地址，两件事都记入办理记录",
    ]
