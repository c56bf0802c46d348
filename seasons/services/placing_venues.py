"""Venues and the people who post for them: set up by the organiser, or by a clerk for the own unit."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import clock
from core.accounts import invitations
from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.accounts.names import normal_text
from core.audit.history import recorded
from core.database import limits_in_words
from core.notices.services import Address, notify
from core.problems import Problem, Refused, refuse_if
from registrations.models import Unit

from ..models import Venue, VenueInvitation, VenueOfficer

FIELDS = ("name", "kind", "region", "street", "contact_name", "contact_phone")
TEXTS = ("name", "street", "contact_name", "contact_phone")
LABELS = {"name": "场所名称", "street": "地址", "contact_name": "联系人", "contact_phone": "联系电话"}
TWICE = Problem("venue.twice", "这个市县已经有同名的场所，请核对；确是另一处的，请在名称里写明", "name")
NO_REASON = Problem("reason.missing", "请写明理由，会记入办理记录", "reason")


def save_venue(values: Mapping[str, Any], *, by: User, venue: Venue | None = None, unit: Unit | None = None) -> Venue:
    """Set up a venue, or change it. values: of FIELDS. unit: whose own it becomes.

    Raises Refused for what is empty, for a province as its region, and for a name twice in one place.
    """
    with transaction.atomic(), recorded("venue.saved", by=by):
        if venue is None:
            venue = Venue(unit=unit, created_at=clock.now())
        else:
            venue = Venue.objects.select_for_update(no_key=True).select_related("region").get(pk=venue.pk)
        for name in FIELDS:
            if name in values:
                setattr(venue, name, normal_text(values[name]) if name in TEXTS else values[name])
        refuse_if(_wrong(venue))
        with limits_in_words({"one_venue_a_name": TWICE}):
            venue.save()
    return venue


def invite(venue: Venue, *, by: User | None, name: str = "", email: str = "", phone: str = "") -> VenueInvitation:
    """Invite somebody to post for a venue; the link goes by mail or SMS.

    Raises Refused without an address, for a wrong number, or when the person posts already or was asked.
    """
    if not email and not phone:
        raise Refused(Problem("invite.no_address", "请填写对方的邮箱或手机号", "email"))
    try:
        email, phone = normalise_email(email) if email else "", normalise_phone(phone) if phone else ""
    except ValueError:
        raise Refused(Problem("phone.form", f"“{phone}”不是有效的手机号", "phone")) from None
    reached = {"email": email} if email else {"phone": phone}
    there = venue.officers.filter(**{f"user__{key}": value for key, value in reached.items()})
    if there.exists() or VenueInvitation.objects.open().filter(venue=venue, **reached).exists():
        words = "这位同事已经是本场所的联系人，或者已有待接受的邀请"
        raise Refused(Problem("invite.already", words, "email" if email else "phone"))
    invitation = VenueInvitation(venue=venue, name=name, email=email or None, phone=phone or None)
    with transaction.atomic(), recorded("venue.invited", by=by):
        invitations.issue(invitation, by=by)
        _tell_invited(invitation)
    return invitation


def resend(invitation: VenueInvitation, *, by: User) -> None:
    """Send the same link once more, at most once a minute. Raises Refused when it can no longer be accepted."""
    invitations.refuse_unless_open(invitation)
    with transaction.atomic(), recorded("venue.invitation_resent", by=by):
        _tell_invited(invitation, f"{clock.now():%Y%m%d%H%M}")


def join(invitation: VenueInvitation, *, by: User) -> VenueOfficer:
    """Accept: its holder posts for the venue. Raises Refused when it is used up."""
    with transaction.atomic(), recorded("venue.joined", by=by):
        invitations.accept(invitation, by=by)
        officer, _ = VenueOfficer.objects.get_or_create(venue=invitation.venue, user=by)
    return officer


def remove_officer(officer: VenueOfficer, *, reason: str, by: User) -> None:
    """Somebody no longer posts for the venue; what they did stays. Raises Refused without a reason."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("venue.officer_removed", by=by, reason=reason.strip()):
        officer.delete()


def _wrong(venue: Venue) -> list[Problem]:
    found = [
        Problem("venue.empty", f"请填{LABELS[name]}", name) for name in TEXTS if not str(getattr(venue, name)).strip()
    ]
    for name in TEXTS:
        most = Venue._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
        if len(getattr(venue, name)) > most:
            found.append(Problem("venue.too_long", f"{LABELS[name]}最多 {most} 个字，请缩短", name))
    if venue.region_id is None or venue.region.level == "province":
        found.append(Problem("venue.region", "请选到市或县（市、区）", "region"))
    return found


def _tell_invited(invitation: VenueInvitation, occasion: str = "") -> None:
    notify(
        Address(name=invitation.name, email=invitation.email or "", phone=str(invitation.phone or "")),
        "venue-invited",
        about=invitation,
        occasion=occasion,
        venue=invitation.venue.name,
        expires=invitation.expires_at,
        link=invitations.link(invitation),
    )
