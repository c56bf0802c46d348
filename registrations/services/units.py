"""Units and the people who fill in for them."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from core import clock
from core.accounts import invitations
from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.audit.history import recorded
from core.notices.occasions import occasion_of
from core.notices.services import Address, notify
from core.problems import Problem, Refused
from tracks.models import Edition

from ..models import FormerName, Officer, OfficerInvitation, Unit, UnitQuota
from ..rules import fold
from ..rules.pinyin import pinyin_of
from .adoption import adopt_now


def save_unit(unit: Unit, *, by: User, reason: str = "") -> None:
    """Keep a unit's facts: its pinyin follows, an old full name becomes a former one, its places follow its category.

    Raises Refused when its new category gives fewer places than it has taken.
    """
    with transaction.atomic(), recorded("unit.changed" if unit.pk else "unit.added", by=by, reason=reason):
        before = Unit.objects.select_for_update().filter(pk=unit.pk).first()
        unit.pinyin = pinyin_of(unit.full_name)
        unit.save()
        if before and before.full_name != unit.full_name:
            FormerName.objects.create(unit=unit, name=before.full_name, until=clock.now().date())
        adopt_now(Unit.objects.filter(pk=unit.pk))


def invite_officer(
    unit: Unit, *, by: User | None, email: str = "", phone: str = "", name: str = ""
) -> OfficerInvitation:
    """Invite somebody to fill in for a unit; the link goes by mail or SMS.

    Raises Refused without an address, or when the person is already an officer.
    """
    if not email and not phone:
        raise Refused(Problem("invite.no_address", "请填写对方的邮箱或手机号", "email"))
    try:
        email, phone = normalise_email(email) if email else "", normalise_phone(phone) if phone else ""
    except ValueError:
        raise Refused(
            Problem("phone.form", f"“{phone}”不是有效的手机号，请填内地 11 位或港澳 8 位手机号", "phone")
        ) from None
    reachable = unit.officers.filter(user__email=email) if email else unit.officers.filter(user__phone=phone)
    if reachable.exists():
        raise Refused(Problem("invite.already", "这位同事已经是本单位的填报人", "email" if email else "phone"))
    invitation = OfficerInvitation(unit=unit, name=name, email=email or None, phone=phone or None)
    with transaction.atomic(), recorded("officer.invited", by=by):
        invitations.issue(invitation, by=by)
        _tell_invited(invitation)
    return invitation


def invite_many(invitees: Iterable[tuple[Unit, str, str]], *, by: User) -> int:
    """Invite one officer for each unit that has neither an officer nor an open invitation. Returns how many.

    invitees: (unit, e-mail or phone, name or ""). All or none: Refused names each unit whose address is wrong.
    """
    problems, sent = [], 0
    with transaction.atomic():
        for unit, address, name in invitees:
            if unit.officers.exists() or unit.invitations.open().exists():
                continue
            try:
                invite_officer(unit, by=by, name=name, **{"email" if "@" in address else "phone": address})
                sent += 1
            except Refused as refused:
                problems += [Problem(p.code, f"{unit.full_name}：{p.message}") for p in refused.problems]
        if problems:
            raise Refused(problems)
    return sent


def resend_invitation(invitation: OfficerInvitation, *, by: User | None, occasion: str = "") -> None:
    """Send the same link once more, once for each occasion. Raises Refused when it can no longer be accepted."""
    invitations.refuse_unless_open(invitation)
    with transaction.atomic(), recorded("officer.invitation_resent", by=by):
        _tell_invited(invitation, occasion=occasion or occasion_of(timezone.now()))


def revoke_invitation(invitation: OfficerInvitation, *, by: User, reason: str = "") -> None:
    """Take an invitation back; its link no longer works. Raises Refused when it was used meanwhile."""
    invitations.revoke(invitation, by=by, reason=reason)


def join(invitation: OfficerInvitation, *, by: User) -> Officer:
    """Accept an invitation: its holder becomes an officer of the unit. Raises Refused when it is used up."""
    with transaction.atomic(), recorded("officer.joined", by=by):
        invitations.accept(invitation, by=by)
        officer, _ = Officer.objects.get_or_create(unit=invitation.unit, user=by)
    return officer


def remove_officer(officer: Officer, *, by: User, reason: str) -> None:
    """Somebody no longer fills in for the unit; what they did stays. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(Problem("reason.missing", "请写明理由，会记入办理记录", "reason"))
    with transaction.atomic(), recorded("officer.removed", by=by, reason=reason.strip()):
        officer.delete()


def find_unit(name: str) -> Unit | None:
    """A unit by any name it goes by; None if none or several fit."""
    return unit_finder()(name)


def unit_finder() -> Callable[[str], Unit | None]:
    """Finds units by full, team or former name, or with 科学技术协会 shortened to 科协; reads the register once."""
    known: dict[str, set[Unit]] = {}
    for unit in Unit.objects.prefetch_related("former_names"):
        for name in _known_names(unit):
            known.setdefault(fold(name), set()).add(unit)

    def find(name: str) -> Unit | None:
        found = known.get(fold(name), set())
        return next(iter(found)) if len(found) == 1 else None

    return find


def _known_names(unit: Unit) -> list[str]:
    former = [former.name for former in unit.former_names.all()]
    return [unit.full_name, unit.team_name, unit.full_name.replace("科学技术协会", "科协"), *former]


def _tell_invited(invitation: OfficerInvitation, occasion: str = "") -> None:
    edition = Edition.objects.current()
    quota = UnitQuota.objects.filter(unit=invitation.unit, edition=edition).first()
    closes = edition.window("recommend").closes if edition else None
    notify(
        Address(name=invitation.name, email=invitation.email or "", phone=str(invitation.phone or "")),
        "officer-invited",
        about=invitation,
        occasion=occasion,
        unit=invitation.unit.full_name,
        contest=edition.name if edition else "",
        places=quota.limit if quota else None,
        deadline=closes,
        expires=invitation.expires_at,
        link=invitations.link(invitation),
    )
