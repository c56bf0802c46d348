"""Issuing, finding, accepting and revoking invitations.

The link's secret part is the row's `core.tokens.token_of`; it is the same however often it is sent.
"""

from typing import TypeVar, cast

from django.utils import timezone

from core.audit.history import recorded
from core.links import Link, link_to
from core.problems import Problem, Refused
from core.tokens import holder_of, token_of

from .models import Invitation, User

I = TypeVar("I", bound=Invitation)  # noqa: E741

_USED = "这份邀请已经用过了。如果是您本人接受的，直接登录即可；如果不是，请联系邀请您的人重新邀请"
WHY_NOT = {
    "accepted": Problem("invitation.used", _USED),
    "declined": Problem("invitation.declined", "这份邀请已被谢绝。如果改变了主意，请联系邀请您的人重新发一份"),
    "revoked": Problem("invitation.revoked", "这份邀请已被撤销。如有疑问，请联系邀请您的人"),
    "expired": Problem("invitation.expired", "这份邀请已过期。请联系邀请您的人重新发一份"),
}
UNKNOWN = Problem("invitation.unknown", "邀请链接不完整或不正确。请从邮件或短信里重新打开，或把整段链接复制到浏览器")


def issue(invitation: I, *, by: User | None) -> str:
    """Save a new invitation and return its token. `link(invitation)` gives the address, now and later."""
    invitation.created_by = by
    with recorded("invitation.issued", by=by):
        invitation.save(force_insert=True)
    return token_of(invitation)


def link(invitation: Invitation) -> Link:
    """The address to send."""
    return link_to(invitation.url_name, token_of(invitation))


def find(model: type[I], token: str) -> I:
    """The invitation a link belongs to, if it may still be accepted.

    Raises Refused: invitation.unknown, .used, .revoked or .expired.
    """
    invitation = look_up(model, token)
    refuse_unless_open(invitation)
    return invitation


def look_up(model: type[I], token: str) -> I:
    """The invitation a link belongs to, whatever became of it. Raises Refused: invitation.unknown."""
    invitation = holder_of(model._default_manager.all(), token)
    if invitation is None:
        raise Refused(UNKNOWN)
    return cast("I", invitation)


def refuse_unless_open(invitation: Invitation) -> None:
    """Raise Refused with the reason when the invitation can no longer be accepted."""
    if problem := WHY_NOT.get(invitation.status):
        raise Refused(problem)


def accept(invitation: Invitation, *, by: User) -> None:
    """Use the invitation up; call it inside the transaction that gives what was offered.

    Two tabs or two persons cannot both use it: the second one meets the first one's row. Raises Refused.
    """
    _close(invitation, "invitation.accepted", by, accepted_at=timezone.now(), accepted_by=by)


def decline(invitation: Invitation, *, by: User | None = None) -> None:
    """Say no; the link's holder may, signed in or not. Raises Refused when it was used meanwhile."""
    _close(invitation, "invitation.declined", by, declined_at=timezone.now())


def revoke(invitation: Invitation, *, by: User, reason: str = "") -> None:
    """Take the offer back. Raises Refused when it was used meanwhile."""
    _close(invitation, "invitation.revoked", by, reason, revoked_at=timezone.now(), revoked_by=by)


def _close(invitation: Invitation, verb: str, by: User | None, reason: str = "", **end: object) -> None:
    with recorded(verb, by=by, reason=reason):
        changed = type(invitation)._default_manager.open().filter(pk=invitation.pk).update(**end)
    invitation.refresh_from_db()
    if not changed:
        refuse_unless_open(invitation)
