"""Judges of a round: invited, in office by their own promise, replaced."""

import random
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.accounts import invitations
from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.services import Address, notify
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.personal_models import Consent
from registrations.services import consenting
from tracks.models import Edition
from tracks.rulebook.works import Consent as Text

from ..models import Assignment, Judge, JudgeInvitation, Panel, Round
from ..rules.judges import Invited, check_invitee, check_judge, free_numbers
from ..states import DECIDED
from .adoption import NO_REASON
from .recusing import release

EXPERT = ("organisation", "duty", "title", "field", "city", "topics")
CLOSED = Problem("round.decided", "本轮评分已经封存，不能再加评委")
PICK = random.SystemRandom()


def invite(
    round_: Round,
    *,
    by: User | None,
    name: str = "",
    email: str = "",
    phone: str = "",
    categories: Collection[str] = (),
    panel: Panel | None = None,
    expert: Mapping[str, Any] | None = None,
) -> JudgeInvitation:
    """Invite somebody to judge in a round; the link goes by mail or SMS.

    categories: codes of the same round's other categories, judged as well. expert: what a roster says (N30). Raises
    Refused without an address, for an unknown category, or when the person is invited or judges already.
    """
    try:
        email, phone = normalise_email(email) if email else "", normalise_phone(phone) if phone else ""
    except ValueError:
        raise Refused(Problem("phone.form", f"“{phone}”不是有效的手机号", "phone")) from None
    beside = sorted(set(categories) - {round_.letter})
    known = {one.letter for one in siblings(round_)}
    refuse_if(check_invitee(email, phone, beside, known))
    if round_.state in DECIDED:
        raise Refused(CLOSED)
    reached = {"email": email} if email else {"phone": phone}
    judges = round_.judges.active().filter(**{f"user__{name}": value for name, value in reached.items()})
    if judges.exists() or JudgeInvitation.objects.open().filter(round=round_, **reached).exists():
        raise Refused(
            Problem("invite.already", "这位专家已经是本轮评委，或者已有待接受的邀请", "email" if email else "phone")
        )
    invitation = JudgeInvitation(
        round=round_,
        panel=panel or expert_panel(round_),
        name=name,
        email=email or None,
        phone=phone or None,
        categories=beside,
        **{key: value for key, value in (expert or {}).items() if key in EXPERT},
    )
    with transaction.atomic(), recorded("judge.invited", by=by):
        invitations.issue(invitation, by=by)
        _tell_invited(invitation)
    return invitation


def resend(invitation: JudgeInvitation, *, by: User) -> None:
    """Send the same link once more, at most once a minute. Raises Refused when it can no longer be accepted."""
    invitations.refuse_unless_open(invitation)
    with transaction.atomic(), recorded("judge.invitation_resent", by=by):
        _tell_invited(invitation, f"{clock.now():%Y%m%d%H%M}")


def decline(invitation: JudgeInvitation, *, by: User | None = None) -> None:
    """The expert says no; whoever asked is told, without the name. Raises Refused when it can no longer be answered."""
    with transaction.atomic():
        invitations.decline(invitation, by=by)
        if invitation.created_by:
            page = link_to("admin:judging_judgeinvitation_change", invitation.pk)
            said = {"round": rounds_in_words(invitation), "link": page}
            notify(invitation.created_by, "judge-declined", about=invitation, **said)


def promises_for(edition: Edition, user: User | None = None) -> list[Text]:
    """The texts that a judge accepts on coming in; for a user, those not accepted yet."""
    texts = consenting.texts_for(edition, "judge", ("account", "judge"))
    return consenting.fresh(texts, consenting.given(user, edition)) if user else texts


def join(invitation: JudgeInvitation, *, by: User, accepted: Collection[str] = ()) -> list[Judge]:
    """Take up an invitation: a judge of its round, and of the same round's other categories named in it.

    accepted: codes of the texts ticked now; the promise of confidentiality is one. Raises Refused at `consent_<code>`,
    and for those who run the contest or passed its works.
    """
    with transaction.atomic(), recorded("judge.joined", by=by):
        round_ = invitation.round
        edition = round_.edition
        texts = promises_for(edition)
        refuse_if(consenting.check_consents(texts, consenting.given(by, edition), accepted))
        refuse_if(check_judge(_invited(round_, by)))
        if round_.state in DECIDED:
            raise Refused(CLOSED)
        invitations.accept(invitation, by=by)
        consenting.give([text for text in texts if text.code in set(accepted)], edition, by=by)
        promise = Consent.objects.filter(
            edition=edition, user=by, withdrawn_at=None, code__in=[text.code for text in texts if text.at == "judge"]
        ).last()
        rounds = [round_, *siblings(round_).filter(category__code__in=invitation.categories)]
        return [_seat(one, invitation, by, promise) for one in rounds if one.state not in DECIDED]


def remove(judge: Judge, *, reason: str, by: User, void: bool = False) -> list[Assignment]:
    """A judge leaves: what is not signed goes back to be given to others, what is signed counts on.

    void: their signed sheets do not count either. Raises Refused without a reason. Gives what was released.
    """
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("judge.removed", by=by, reason=reason.strip()):
        held = judge.assignments.filter(state="active").select_related("round")
        if judge.round.state in DECIDED:
            raise Refused(Problem("round.decided", "本轮评分已经封存，评委不能再退出。需要重评时先解封"))
        signed = [] if void else list(held.filter(sheet__state="signed").values_list("pk", flat=True))
        released = [release(one) for one in held.exclude(pk__in=signed)]
        move(judge, "remove", removed_at=clock.now())
    return released


def siblings(round_: Round) -> QuerySet[Round]:
    """The same round of the other categories."""
    rounds = Round.objects.filter(
        edition=round_.edition_id, code=round_.code, track=round_.track_id, group=round_.group
    )
    return rounds.exclude(pk=round_.pk).select_related("category", "edition")


def expert_panel(round_: Round) -> Panel:
    """The panel that invited judges sit on. Raises Refused for a round without one."""
    panel = round_.panels.filter(kind="expert").first()
    if panel is None:
        raise Refused(Problem("round.no_panel", f"{round_}没有专家评审团"))
    return panel


def _invited(round_: Round, user: User) -> Invited:
    contact = user.track_contacts.filter(track__edition=round_.edition_id).exists()
    organiser = User.objects.filter(pk=user.pk, is_superuser=True).exists()
    return Invited(organiser, contact, round_.judges.active().filter(user=user).exists())


def _seat(round_: Round, invitation: JudgeInvitation, user: User, promise: Consent | None) -> Judge:
    """In office; whoever left before comes back under the same number."""
    former = round_.judges.filter(user=user).first()
    if former:
        if former.state == "removed":
            move(former, "return", removed_at=None)
        return former
    taken = set(round_.judges.values_list("number", flat=True))
    panel = invitation.panel if invitation.round_id == round_.pk else expert_panel(round_)
    return Judge.objects.create(
        round=round_,
        panel=panel,
        user=user,
        number=PICK.choice(free_numbers(taken)),
        promise=promise,
        joined_at=clock.now(),
        **{name: getattr(invitation, name) for name in EXPERT},
    )


def rounds_in_words(invitation: JudgeInvitation) -> str:
    """A、B 类初评; a theme's round by its name."""
    round_ = invitation.round
    if round_.category is None:
        return str(round_)
    return f"{'、'.join([round_.letter, *invitation.categories])} 类{round_.name}"


def _tell_invited(invitation: JudgeInvitation, occasion: str = "") -> None:
    round_ = invitation.round
    notify(
        Address(name=invitation.name, email=invitation.email or "", phone=str(invitation.phone or "")),
        "judge-invited",
        about=invitation,
        occasion=occasion,
        contest=round_.edition.name,
        round=rounds_in_words(invitation),
        deadline=round_.closes_at,
        expires=invitation.expires_at,
        link=invitations.link(invitation),
    )
