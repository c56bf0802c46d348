"""Minors: their month of birth, and the guardian who is asked, consents, and may take it back (PIPL 31).

A guardian has no account: the link in the text message to their own phone is their key (`core.tokens`).
"""

from collections.abc import Iterable
from typing import Any

import pghistory
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import clock
from core.accounts.contacts import normalise_phone
from core.accounts.models import User
from core.accounts.names import normal_name
from core.audit.history import recorded
from core.audit.redaction import REDACTED, redact
from core.links import Link, link_to
from core.notices.models import Notice
from core.notices.personal import blank
from core.notices.services import Address, notify
from core.problems import Problem, Refused, refuse_if
from core.states import move
from core.tokens import holder_of, token_of
from tracks.rulebook.works import Consent as Text

from ..entry_models import Member
from ..personal_models import BirthMonth, Guardian
from ..rules.guardians import check_guardian, check_signature
from ..rules.minors import band_of, check_month
from . import consenting
from .dossier import title_of
from .entering import changeable, lock, withdraw_entry
from .teams import take_out
from .verdicts import settle

UNKNOWN = Problem("guardian.unknown", "链接不完整或不正确。请从短信里重新打开，或请参赛者重新发送")
GONE = {
    "replaced": Problem("guardian.replaced", "参赛者已更换监护人，这个链接不再使用"),
    "withdrawn": Problem("guardian.withdrawn", "您已撤回同意，参赛者的信息已删除，这个链接不再使用"),
    "refused": Problem("guardian.refused", "您已选择不同意。如改变主意，请参赛者重新发送"),
}
BY_CHILD = Problem(
    "guardian.by_child", "这一页要由监护人本人打开。请把手机交给监护人，或由监护人在自己的手机上打开短信里的链接"
)


def save_birth(member: Member, month: str, *, by: User) -> None:
    """Keep a participant's month of birth; an entry that was accepted is weighed anew.

    Raises Refused for a wrong month, or a closed entry.
    """
    refuse_if(check_month(month, clock.now().date()))
    with transaction.atomic(), recorded("birth.saved", by=by):
        entry = lock(member.entry)
        refuse_if(changeable(entry))
        birth = BirthMonth.objects.filter(member=member).first() or BirthMonth(member=member)
        corrected = not birth._state.adding and birth.month != month
        birth.month = month
        birth.save()
        if corrected:
            pghistory.create_event(birth, label="changed")
        if entry.state == "accepted":
            move(entry, "reconsider")
        settle(entry, by=by)


def ask(member: Member, *, name: str, phone: str, relation: str, by: User) -> Guardian:
    """Send a guardian the text to consent to; one asked before who has not consented is replaced.

    Raises Refused for the child's own name or number, a wrong number, or when a guardian has consented already.
    """
    name, phone = normal_name(name), _phone(phone)
    refuse_if(check_guardian(name, phone, relation, member.name, str(member.user.phone or "")))
    with transaction.atomic(), recorded("guardian.asked", by=by):
        entry = lock(member.entry)
        if entry.state in ("withdrawn", "rejected"):
            raise Refused(Problem("entry.closed", f"{entry.get_state_display()}，不用再请监护人同意"))
        before = member.guardians.exclude(state="replaced").order_by("asked_at").last()
        if before and before.state == "given":
            raise Refused(Problem("guardian.given", "监护人已经同意，不用再发"))
        if before and before.state in ("asked", "refused"):
            move(before, "replace")
        guardian = Guardian(member=member, name=name, phone=phone, relation=relation, asked_at=clock.now())
        guardian.save(force_insert=True)
        _tell_guardian(guardian, "guardian-asked")
    return guardian


def resend(guardian: Guardian, *, by: User) -> None:
    """Send the link once more, at most once a minute. Raises Refused once answered."""
    if guardian.state != "asked":
        raise Refused(GONE.get(guardian.state, Problem("guardian.given", "监护人已经同意，不用再发")))
    with transaction.atomic(), recorded("guardian.resent", by=by):
        _tell_guardian(guardian, "guardian-asked", occasion=f"{timezone.now():%Y%m%d%H%M}")


def find(token: str) -> Guardian:
    """The guardian whom a link belongs to. Raises Refused: unknown, replaced, refused or withdrawn."""
    guardian = holder_of(Guardian.objects.select_related("member__entry__edition", "member__user"), token)
    if guardian is None:
        raise Refused(UNKNOWN)
    if problem := GONE.get(guardian.state):
        raise Refused(problem)
    return guardian


def link(guardian: Guardian) -> Link:
    """The address to send: to the guardian's phone only, never shown to the child."""
    return link_to("guardian", token_of(guardian))


def texts(guardian: Guardian) -> list[Text]:
    """What is put before a guardian: the consent, and display apart from it."""
    edition = guardian.member.entry.edition
    return consenting.texts_for(edition, "guardian", ("register", "display"))


def notices(guardian: Guardian) -> list[Text]:
    """What the consent says that the guardian has read: how the child's data are processed."""
    return consenting.texts_for(guardian.member.entry.edition, "participant", ("account",))


def give(guardian: Guardian, *, signed: str, display: bool = False, reader: User | None = None) -> None:
    """The guardian consents, signing with their own name; the team is told, and an entry that waited goes on.

    reader: who is signed in on the device, if anybody. Raises Refused for the child, a wrong signature, one who has
    answered already.
    """
    refuse_if(_by_child(guardian, reader) or check_signature(normal_name(signed), guardian.name))
    with transaction.atomic(), recorded("guardian.given", by=None):
        entry = lock(guardian.member.entry)
        text = next(text for text in texts(guardian) if text.required)
        said: dict[str, Any] = {"version": text.version, "sha256": consenting.digest(text), "answered_at": clock.now()}
        move(guardian, "give", display=display, **said)
        _tell_team(guardian, "guardian-given")
        settle(entry, by=None)


def refuse(guardian: Guardian, *, reader: User | None = None) -> None:
    """The guardian does not consent; the team is told, and may name another."""
    refuse_if(_by_child(guardian, reader))
    with transaction.atomic(), recorded("guardian.refused", by=None):
        lock(guardian.member.entry)
        move(guardian, "refuse", answered_at=clock.now())
        _tell_team(guardian, "guardian-refused")


def withdraw_display(guardian: Guardian, *, reader: User | None = None) -> None:
    """The guardian no longer wants the child shown; the child stays in. Raises Refused for the child."""
    refuse_if(_by_child(guardian, reader))
    with transaction.atomic(), recorded("guardian.display_withdrawn", by=None):
        Guardian.objects.filter(pk=guardian.pk, state="given").update(display=False)


def withdraw(guardian: Guardian, *, reader: User | None = None) -> None:
    """The guardian takes the consent back: the child leaves the team (an individual's or representative's entry is
    withdrawn), what was kept about the child in it is removed, and the others are told.

    Raises Refused for the child, or when there is nothing to take back.
    """
    refuse_if(_by_child(guardian, reader))
    with transaction.atomic(), recorded("guardian.withdrawn", by=None):
        member = guardian.member
        entry = lock(member.entry)
        _tell_team(guardian, "guardian-withdrawn")
        move(guardian, "withdraw", withdrawn_at=clock.now())
        if member.left_at is None and entry.state != "withdrawn":
            if member.role == "representative":
                withdraw_entry(entry, by=None, reason="监护人撤回同意")
            else:
                take_out(member)
        forget_minor(member)


def forget_minor(member: Member, alias: str = REDACTED) -> None:
    """Remove what was kept about a participant and the guardian: month of birth, names, numbers, in history too; the
    age band stays for the statistics, the answer's hash and times as proof. In the caller's transaction.

    alias: what the person is called from now on.
    """
    Member.objects.filter(pk=member.pk).update(name=alias, pinyin="", organisation="", band=band_at_entry(member))
    redact(Member, [member.pk])
    forget_birth([member])
    forget_guardians(Guardian.objects.filter(member=member))


def forget_birth(members: Iterable[Member]) -> int:
    """Delete months of birth; the age band stays with the member. Returns how many."""
    known = [member for member in members if hasattr(member, "birth")]
    for member in known:
        Member.objects.filter(pk=member.pk).update(band=band_at_entry(member))
    births = [member.birth.pk for member in known]
    BirthMonth.objects.filter(pk__in=births).delete()
    redact(BirthMonth, births)
    return len(births)


def forget_guardians(guardians: QuerySet[Guardian]) -> int:
    """Blank who they are, with the text messages they got; what they said, to which text and when, stays as proof."""
    keys = list(guardians.exclude(phone="").values_list("pk", flat=True))
    Guardian.objects.filter(pk__in=keys).update(name="", phone="", phone_index="", relation="")
    redact(Guardian, keys)
    kind = ContentType.objects.get_for_model(Guardian)
    blank(Notice.objects.filter(content_type=kind, object_id__in=map(str, keys), recipient=None))
    return len(keys)


def band_at_entry(member: Member) -> str:
    """The age band on the day the entry went in (before that, was begun): it stays what it was; "" where unknown."""
    if member.band or not hasattr(member, "birth"):
        return member.band
    entry = member.entry
    day = (entry.entered_at or entry.created_at).astimezone(clock.BEIJING).date()
    return band_of(member.birth.month, entry.edition.rulebook.minors, day)


def reveal(guardian: Guardian, *, by: User) -> tuple[str, str]:
    """(name, phone) for a contact who must call; the look is recorded."""
    with transaction.atomic(), recorded("guardian.shown", by=by):
        pghistory.create_event(guardian, label="shown")
    return guardian.name, guardian.phone


def reveal_birth(birth: BirthMonth, *, by: User) -> str:
    """The month of birth for staff; the look is recorded."""
    with transaction.atomic(), recorded("birth.shown", by=by):
        pghistory.create_event(birth, label="shown")
    return birth.month


def phone_of(guardian: object) -> str:
    """Where a notice to a guardian goes, asked when it is sent; "" once the number is gone or the link is dead."""
    return guardian.phone if isinstance(guardian, Guardian) and guardian.state in ("asked", "given") else ""


def _phone(typed: str) -> str:
    try:
        return normalise_phone(typed)
    except ValueError:
        return typed.strip()


def _by_child(guardian: Guardian, user: User | None) -> list[Problem]:
    return [BY_CHILD] if user and user.pk == guardian.member.user_id else []


def _tell_guardian(guardian: Guardian, template: str, occasion: str = "") -> None:
    entry = guardian.member.entry
    contest = entry.edition.rulebook.edition.short_name
    said = {"child": guardian.member.name, "contest": contest, "link": link(guardian)}
    notify(Address(), template, about=guardian, occasion=occasion, **said)


def _tell_team(guardian: Guardian, template: str) -> None:
    """The child and the representative; nothing of the guardian."""
    entry, child = guardian.member.entry, guardian.member
    here = entry.people.filter(left_at=None).select_related("user")
    said = {"title": title_of(entry), "child": child.name, "link": link_to("entry", entry=entry.pk)}
    for member in here:
        if member.pk == child.pk or member.role == "representative":
            notify(member.user, template, about=guardian, **said)
