"""What the track's contact decides about claimed conditions, and what comes of it for the entry (G24–G26)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.marks import mark_of, still
from core.notices.occasions import occasion_of
from core.notices.rendering import Letter, render
from core.notices.services import Word, notify, notify_all
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move

from ..eligibility_models import EligibilityClaim
from ..entry_models import Entry
from ..rules.eligibility import Verdict, verdict_of
from .deciding import Decision, reasoned
from .dossier import Dossier
from .eligibility import content
from .entering import lock

CLAIM = "registrations.claim"  # whose marks
CHANGED = Problem("claim.changed_meanwhile", "材料在您打开之后改过，没有办理。请重新看过再审，改动见办理记录")
CORRECTING = Problem("claim.correcting", "补正期还没到，参赛者还可以修改；到期后再决定")
WITHDRAWN = Problem("entry.withdrawn", "参赛者已退出比赛，不能重新审核")


def mark(claim: EligibilityClaim) -> str:
    """Tells whether anything that a contact judges by has changed since the claim was looked at: its evidence, and
    what the entry says of itself."""
    return mark_of(CLAIM, _content(claim))


def stands_as(claim: EligibilityClaim, seen: str) -> bool:
    """Whether a claim still says what it said when this mark was made."""
    return still(CLAIM, _content(claim), seen)


def correction_deadline(entry: Entry) -> datetime:
    """When a claim returned now must be back, exclusive."""
    return entry.edition.correction_until(clock.now())


def accept_claim(claim: EligibilityClaim, *, seen: str, by: User) -> Entry:
    """The condition is met. seen: the claim's `mark` when it was looked at.

    Here as below: raises StaleState for a claim that is not before the contact, Refused when it has changed since it
    was looked at. Gives the entry as it stands then.
    """
    return accept_claims(claim.entry, {claim.pk: seen}, by=by)


def accept_claims(entry: Entry, seen: Mapping[int, str], *, by: User) -> Entry:
    """Several of an entry's claims at once, all or none. seen: claim's key → its mark."""
    with transaction.atomic(), recorded("eligibility.accepted", by=by):
        return _decide(entry, Decision("accept"), seen, by=by)


def return_claim(claim: EligibilityClaim, *, reason: str, seen: str, by: User) -> Entry:
    """Send a claim back for correction (补正); it may change until its own deadline.

    Raises Refused without a reason.
    """
    decision = Decision("return", reasoned(reason), correction_deadline(claim.entry))
    with transaction.atomic(), recorded("eligibility.returned", by=by, reason=decision.reason):
        return _decide(claim.entry, decision, {claim.pk: seen}, by=by)


def reject_claim(claim: EligibilityClaim, *, reason: str, seen: str, by: User) -> Entry:
    """The condition is not met; without another that may be, the entry is rejected.

    Raises Refused without a reason, or while a returned claim may still be corrected.
    """
    decision = Decision("reject", reasoned(reason))
    with transaction.atomic(), recorded("eligibility.rejected", by=by, reason=decision.reason):
        return _decide(claim.entry, decision, {claim.pk: seen}, by=by)


def reconsider(claim: EligibilityClaim, *, reason: str, by: User) -> Entry:
    """Take a verdict back: the claim and its entry wait for the contact again.

    Raises Refused without a reason, or for an entry that was withdrawn.
    """
    why = reasoned(reason)
    with transaction.atomic(), recorded("eligibility.reconsidered", by=by, reason=why):
        entry = lock(claim.entry)
        refuse_if([WITHDRAWN] if entry.state == "withdrawn" else [])
        move(claim, "reconsider", review_note="", decided_at=None)
        if entry.state != "entered":
            with recorded("entry.reconsidered", by=by, reason=why):
                move(entry, "reconsider", decided_at=None)
    return entry


def settle(entry: Entry, *, by: User | None, reason: str = "") -> Entry:
    """Move an entry on when its claims allow it: accepted only with every guardian's consent, else it waits.

    To be called whenever a verdict or a consent has come in; harmless otherwise. Its people are told.
    """
    with transaction.atomic():
        entry = lock(entry)
        dossier = Dossier(entry)
        verdict = verdict_of(_states(dossier), dossier.conditions) if entry.state == "entered" else None
        if verdict is None or (verdict == "accept" and waiting_for(dossier)):
            return entry
        verb = "entry.accepted" if verdict == "accept" else "entry.rejected"
        with recorded(verb, by=by, reason=reason):
            move(entry, verdict, decided_at=dossier.now)
            _tell_settled(dossier, f"entry-{entry.state}", reason)
    return entry


def waiting_for(dossier: Dossier) -> list[Problem]:
    """What an entry lacks besides its eligibility before it can be accepted: people, and their guardians' consent."""
    return dossier.team_problems(deciding=True)


def outcome(dossier: Dossier, codes: Iterable[str], verb: str) -> Verdict | None:
    """What the entry would come to, were these conditions decided so; None: it stays before the contact."""
    decided = dict.fromkeys(codes, EligibilityClaim.STATES[verb].target)
    came = verdict_of(_states(dossier) | decided, dossier.conditions)
    return None if came == "accept" and waiting_for(dossier) else came


def letter(claim: EligibilityClaim, verb: str, reason: str = "") -> Letter:
    """The notice as the representative will get it, were the claim decided now."""
    dossier = Dossier(claim.entry)
    decision = Decision(verb, reason, correction_deadline(claim.entry) if verb == "return" else None)
    to = {"name": dossier.representative.name if dossier.representative else "（参赛者姓名）"}
    if came := outcome(dossier, [claim.condition], verb):
        return render(f"entry-{came}ed", to | _said_of_entry(dossier, reason))
    return render(f"claim-{EligibilityClaim.STATES[decision.verb].target}", to | _said(claim, dossier, decision))


def _content(claim: EligibilityClaim) -> str:
    entry = claim.entry
    of_entry = (entry.kind, entry.team_name, entry.organisation, tuple(entry.categories), entry.track_id, entry.row_id)
    return f"{claim.pk}:{claim.state}:{claim.submitted_at}:{content(claim)!r}:{of_entry!r}"


def _decide(entry: Entry, decision: Decision, seen: Mapping[int, str], *, by: User) -> Entry:
    """One decision upon claims of an entry that is before the contact, and what comes of it for the entry."""
    entry = lock(entry)
    if entry.state != "entered":
        raise StaleState(entry.get_state_display())
    claims = list(entry.claims.filter(pk__in=seen))
    for claim in claims:
        claim.entry = entry
        _move(claim, decision, seen[claim.pk])
    settled = settle(entry, by=by, reason=decision.reason)
    if settled.state == "entered":  # else one letter says it all
        for claim in claims:
            _tell(claim, decision)
    return settled


def _move(claim: EligibilityClaim, decision: Decision, seen: str) -> None:
    """Upon what its giver has seen; a returned claim has its time first."""
    now = clock.now()
    if claim.state in EligibilityClaim.STATES[decision.verb].sources and not stands_as(claim, seen):
        raise Refused(CHANGED)
    if claim.state == "returned" and claim.correct_until and now < claim.correct_until:
        raise Refused(CORRECTING)
    move(
        claim,
        decision.verb,
        review_note=decision.reason,
        correct_until=decision.deadline,
        decided_at=now,
        corrected=decision.verb != "return",
    )


def _states(dossier: Dossier) -> dict[str, str]:
    return {claim.condition: claim.state for claim in dossier.claims}


def _tell(claim: EligibilityClaim, decision: Decision) -> None:
    """The representative learns what became of one condition."""
    dossier = Dossier(claim.entry)
    if dossier.representative:
        said = _said(claim, dossier, decision)
        occasion = occasion_of(claim.decided_at)
        notify(dossier.representative.user, f"claim-{claim.state}", about=claim, occasion=occasion, **said)


def _said(claim: EligibilityClaim, dossier: Dossier, decision: Decision) -> dict[str, object]:
    return {
        "title": dossier.title,
        "number": claim.entry.number,
        "condition": next((c.text for c in dossier.conditions if c.code == claim.condition), claim.condition),
        "reason": decision.reason,
        "deadline": decision.deadline,
        "waiting": [problem.message for problem in waiting_for(dossier)] if decision.verb == "accept" else [],
        "link": link_to("entry_eligibility", entry=claim.entry_id),
    }


def _tell_settled(dossier: Dossier, template: str, reason: str) -> None:
    """All its people learn whether the entry takes part."""
    said = _said_of_entry(dossier, reason)
    words = [Word(member.user, template, said) for member in dossier.people]
    notify_all(words, dossier.entry, occasion_of(dossier.now))


def _said_of_entry(dossier: Dossier, reason: str) -> dict[str, object]:
    entry = dossier.entry
    page = link_to("entry", entry=entry.pk)
    return {"title": dossier.title, "number": entry.number, "track": entry.track.name, "reason": reason, "link": page}
