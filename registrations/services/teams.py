"""An entry's people: invited by link, phone or mailbox, confirming by themselves, leaving, taking over."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from core import clock
from core.accounts import invitations
from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.accounts.names import check_name, normal_name, normal_text
from core.audit.history import recorded
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.services import Address, notify
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move
from tracks.rulebook.works import Consent as Text

from ..entry_models import ROLES, Entry, Member, MemberInvitation
from ..rules.teams import People, check_group, check_room
from . import consenting
from .dossier import Dossier, title_of
from .entering import add_person, changeable, lock

ROLE_NAMES = dict(ROLES)
NO_NAME = Problem("member.name", "您账号的姓名不是身份证上的姓名，请先在“我的账号”里改正，再回来接受邀请")


def invite(entry: Entry, role: str, *, by: User, name: str = "", phone: str = "", email: str = "") -> MemberInvitation:
    """Ask somebody to join as `member` or `instructor`; the link goes to the phone or mailbox, or is handed over.

    An open invitation keeps a place, so that nobody accepts into a full team. Raises Refused for a closed entry, a
    full team, an individual's second participant, somebody who is there or invited already, a wrong address.
    """
    name = normal_name(name)
    problems = check_name(name)
    try:
        phone, email = normalise_phone(phone) if phone else "", normalise_email(email) if email else ""
    except ValueError as error:
        problems.append(Problem("phone.form", str(error), "phone"))
    refuse_if(problems)
    with transaction.atomic(), recorded("member.invited", by=by):
        entry = lock(entry)
        refuse_if(changeable(entry) or _no_room(entry, role) or _known(entry, phone, email))
        invitation = MemberInvitation(entry=entry, role=role, name=name, phone=phone or None, email=email or None)
        invitations.issue(invitation, by=by)
        if phone or email:
            _tell_invited(invitation)
    return invitation


def resend(invitation: MemberInvitation, *, by: User) -> None:
    """Send the same link once more, at most once a minute. Raises Refused when it can no longer be accepted, or was
    never sent anywhere."""
    invitations.refuse_unless_open(invitation)
    if not invitation.phone and not invitation.email:
        raise Refused(Problem("invite.no_address", "这份邀请没有留手机号或邮箱，请把链接复制后发给对方"))
    with transaction.atomic(), recorded("member.invitation_resent", by=by):
        _tell_invited(invitation, occasion=f"{timezone.now():%Y%m%d%H%M}")


def revoke(invitation: MemberInvitation, *, by: User) -> None:
    """Take an invitation back; its place is free again."""
    invitations.revoke(invitation, by=by)


def texts_for(invitation: MemberInvitation, user: User | None = None) -> list[Text]:
    """What somebody has yet to read and accept before joining: nobody can do so for another (PIPL 13, 14)."""
    edition = invitation.entry.edition
    texts = consenting.texts_for(edition, consenting.READS[invitation.role])
    return consenting.fresh(texts, consenting.given(user, edition) if user else {})


def join(invitation: MemberInvitation, *, by: User, accepted: Collection[str] = ()) -> Member:
    """Accept: `by` is now in the team under their own real name; the representative is told.

    accepted: codes of the texts that are ticked now. Raises Refused when the link is used up, the team is closed or
    full, the person takes part elsewhere or, at `consent_<code>`, has left out a text.
    """
    with transaction.atomic(), recorded("member.joined", by=by):
        entry = lock(invitation.entry)
        refuse_if(_closed(entry))
        name = normal_name(by.real_name)
        refuse_if([NO_NAME] if check_name(name) else [])
        invitations.refuse_unless_open(invitation)
        texts = texts_for(invitation, by)
        refuse_if(consenting.check_consents(texts, {}, accepted))
        invitations.accept(invitation, by=by)
        organisation = "" if invitation.role == "instructor" else entry.organisation
        member = add_person(entry, by, invitation.role, name=name, organisation=organisation)
        consenting.give([text for text in texts if text.code in accepted], entry.edition, by=by, entry=entry)
        pupils = entry.edition.rulebook.track(entry.track.code).minors and invitation.role == "member"
        if entry.state == "accepted" and pupils:
            move(entry, "reconsider")  # until the newcomer's month of birth, and maybe a guardian's word, are there
        _tell_representative(entry, "member-joined", member.name, invitation.role, occasion=str(invitation.pk))
    return member


def decline(invitation: MemberInvitation, *, by: User | None = None) -> None:
    """Say no; the representative is told."""
    with transaction.atomic(), recorded("member.declined", by=by):
        invitations.decline(invitation, by=by)
        name = invitation.name or (by.real_name if by else "")
        _tell_representative(invitation.entry, "member-declined", name, invitation.role, occasion=str(invitation.pk))


def save_member(member: Member, *, by: User, name: str, organisation: str = "", group: str = "") -> Member:
    """Correct how somebody will stand on a certificate, and of which group they are.

    Raises Refused for a wrong name, another edition's group or a closed entry.
    """
    name = normal_name(name)
    refuse_if(check_name(name))
    with transaction.atomic(), recorded("member.saved", by=by):
        entry = lock(member.entry)
        refuse_if(changeable(entry) or check_group(group, Dossier(entry).groups))
        member = _lock(member)
        member.name, member.organisation, member.group = name, normal_text(organisation), group
        member.save(update_fields=["name", "pinyin", "organisation", "group"])
    return member


def remove(member: Member, *, by: User, reason: str = "") -> None:
    """The representative removes somebody, or one leaves by oneself; the person is told in the first case.

    Raises Refused for the representative, who hands over first or withdraws the entry, and after the close.
    """
    left = by.pk == member.user_id
    with transaction.atomic(), recorded("member.left" if left else "member.removed", by=by, reason=reason):
        entry = lock(member.entry)
        refuse_if(changeable(entry))
        member = _lock(member)
        if member.role == "representative":
            raise Refused(
                Problem("member.representative", "队伍代表不能直接退出：请先把代表交给队友，或选择“退出比赛”")
            )
        take_out(member)
        said = {"title": title_of(entry), "role": member.get_role_display()}
        if left:
            _tell_representative(entry, "member-left", member.name, member.role, occasion=str(member.pk))
        else:
            notify(member.user, "member-removed", about=entry, occasion=str(member.pk), **said)


def take_out(member: Member) -> None:
    """Somebody is no longer in, in the caller's transaction and under the entry's lock."""
    member.left_at = clock.now()
    member.save(update_fields=["left_at"])


def hand_over(entry: Entry, successor: Member, *, by: User) -> None:
    """Another participant becomes the representative. Raises Refused for an instructor or somebody who has left."""
    with transaction.atomic(), recorded("member.handed_over", by=by):
        entry = lock(entry)
        refuse_if(changeable(entry))
        if successor.entry_id != entry.pk or _lock(successor).role != "member":
            raise Refused(Problem("member.not_member", "只能交给已确认的队员，请先请对方确认加入"))
        here = entry.people.filter(left_at=None)
        here.filter(role="representative").update(role="member")
        here.filter(pk=successor.pk).update(role="representative")
        said = {"title": title_of(entry), "giver": by.real_name, "link": link_to("entry", entry=entry.pk)}
        notify(successor.user, "member-handed-over", about=entry, occasion=occasion_of(clock.now()), **said)


def _lock(member: Member) -> Member:
    found = Member.objects.select_for_update(no_key=True, of=("self",)).select_related("user", "entry")
    if (member_now := found.filter(pk=member.pk, left_at=None).first()) is None:
        raise StaleState("已不在队中")
    return member_now


def _closed(entry: Entry) -> list[Problem]:
    """Why nobody can join, in the invited person's words."""
    if not changeable(entry):
        return []
    return [Problem("team.closed", "这支队伍现在不能加人了（报名已截止或已退出）。如需加入，请队伍代表联系赛道联系人")]


def _no_room(entry: Entry, role: str) -> list[Problem]:
    """Open invitations count: whoever is invited can accept."""
    if role == "member" and entry.kind == "individual":
        return [Problem("team.individual", "个人报名没有队员。要和别人一起参赛，请在报名信息里改为“团队”", "role")]
    waiting = list(entry.invitations.open().values_list("role", flat=True))
    people = People(entry.members + waiting.count("member"), entry.instructors + waiting.count("instructor"))
    return [
        Problem(p.code, p.message + ("（待确认的邀请也占位，可以先撤销）" if waiting.count(role) else ""), "role")
        for p in check_room(role, people, entry.members_limit, entry.instructors_limit)
    ]


def _known(entry: Entry, phone: str, email: str) -> list[Problem]:
    here, sent = entry.people.filter(left_at=None), entry.invitations.open()
    if phone:
        there, asked, field = here.filter(user__phone=phone), sent.filter(phone=phone), "phone"
    elif email:
        there, asked, field = here.filter(user__email=email), sent.filter(email=email), "email"
    else:
        return []
    if there.exists():
        return [Problem("member.twice", "这位已经在队里了", field)]
    return (
        [Problem("invite.waiting", "已经邀请过这位，还在等对方确认；可以在下面“再发一次”", field)]
        if asked.exists()
        else []
    )


def _tell_invited(invitation: MemberInvitation, occasion: str = "") -> None:
    entry = invitation.entry
    notify(
        Address(name=invitation.name, email=invitation.email or "", phone=str(invitation.phone or "")),
        "member-invited",
        about=invitation,
        occasion=occasion,
        title=title_of(entry),
        role=invitation.get_role_display(),
        contest=entry.edition.rulebook.edition.short_name,
        inviter=invitation.created_by.real_name if invitation.created_by else "",
        expires=invitation.expires_at,
        link=invitations.link(invitation),
    )


def _tell_representative(entry: Entry, template: str, name: str, role: str, *, occasion: str) -> None:
    said = {"title": title_of(entry), "person": name, "role": ROLE_NAMES[role]}
    said["link"] = link_to("entry_people", entry=entry.pk)
    for member in entry.people.filter(left_at=None, role="representative").select_related("user"):
        notify(member.user, template, about=entry, occasion=occasion, **said)
