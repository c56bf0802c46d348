"""The contacts judge what entries claim; some is corrected in time, some not, and some guardians are slow."""

from functools import partial

from core.accounts.models import User
from registrations.eligibility_models import EligibilityClaim
from registrations.personal_models import Guardian
from registrations.services import eligibility, guardians, verdicts

from .entries import representative
from .pupils import without_consent
from .scene import Scene

VERDICTS = {"return": 0.12, "reject": 0.06, "stale": 0.03, "accept": 1.0}
CORRECTED, UNTOUCHED = 0.7, 0.3  # shares
PROOF = "https://example.org/better-proof"
VAGUE, FALSE, OVER = "证明看不清，请重新上传", "证明与所选条件不符", "补正期内没有补正"
TAKEN_BACK = 2  # consents, at most


def judge(scene: Scene) -> None:
    """Each contact judges what has arrived; what was corrected passes."""
    for contact in scene.contacts.values():
        claims = _claims(scene, "submitted", contact)
        dealt = dict(zip(claims, scene.people.deal(len(claims), VERDICTS), strict=True))
        scene.each(claims, partial(_look_at, scene, contact, dealt))


def _look_at(scene: Scene, contact: User, dealt: dict[EligibilityClaim, str], claim: EligibilityClaim) -> None:
    with scene.accepted(claim):
        _judge(scene, claim, "accept" if claim.decided_at else dealt[claim], contact)


def _judge(scene: Scene, claim: EligibilityClaim, verdict: str, by: User) -> None:
    """Upon what was seen; an accepted entry waits for its guardians."""
    seen = verdicts.mark(claim)
    if verdict == "return":
        scene.refused({"review.no_reason"}, verdicts.return_claim, claim, reason=" ", seen=seen, by=by)
        entry, expected = verdicts.return_claim(claim, reason=VAGUE, seen=seen, by=by), "entered"
        scene.counts["claims.returned"] += 1
    elif verdict == "reject":
        entry, expected = verdicts.reject_claim(claim, reason=FALSE, seen=seen, by=by), "rejected"
    else:
        if verdict == "stale":
            scene.refused({"claim.changed_meanwhile"}, verdicts.accept_claim, claim, seen="", by=by)
        expected = "entered" if without_consent(claim.entry) else "accepted"
        entry = verdicts.accept_claim(claim, seen=seen, by=by)
    scene.expect(entry.state == expected, f"报名 {entry.pk}：审核后应为 {expected}，实为 {entry.state}")


def prove_again(scene: Scene) -> None:
    """Most returned claims come back, not unchanged; until then their contact must wait."""
    scene.each(_claims(scene, "returned"), partial(_prove_again, scene))


def _prove_again(scene: Scene, claim: EligibilityClaim) -> None:
    by, entry, contact = representative(claim.entry), claim.entry, scene.contacts[claim.entry.track]
    if scene.people.some(UNTOUCHED):
        scene.refused({"claims.untouched"}, eligibility.submit_claims, entry, by=by)
    if scene.people.some(CORRECTED):
        with scene.accepted(claim):
            eligibility.save_claim(entry, claim.condition, {"link": PROOF}, by=by)
            eligibility.submit_claims(entry, by=by)
    else:
        seen = verdicts.mark(claim)
        early = {"reason": OVER, "seen": seen, "by": contact}
        scene.refused({"claim.correcting"}, verdicts.reject_claim, claim, **early)


def end_correction(scene: Scene) -> None:
    """After its own deadline a returned claim cannot be mended, and its contact decides."""
    for claim in _claims(scene, "returned"):
        entry, by = claim.entry, representative(claim.entry)
        values = {"link": PROOF}
        scene.refused({"row.correction_late"}, eligibility.save_claim, entry, claim.condition, values, by=by)
        with scene.accepted(claim):
            seen = verdicts.mark(claim)
            verdicts.reject_claim(claim, reason=OVER, seen=seen, by=scene.contacts[entry.track])


def take_back(scene: Scene) -> None:
    """A few guardians take their consent back; nothing of the child stays."""
    given = Guardian.objects.filter(state="given", member__left_at=None, member__entry__state="accepted")
    for guardian in given.select_related("member__entry__edition").order_by("member__entry", "member")[:TAKEN_BACK]:
        with scene.accepted(guardian.member):
            guardians.withdraw(guardian)


def _claims(scene: Scene, state: str, contact: User | None = None) -> list[EligibilityClaim]:
    """Claims of entries that are before the contact, in order. contact: only those of theirs."""
    found = EligibilityClaim.objects.visible_to(contact) if contact else EligibilityClaim.objects.all()
    wanted = found.filter(state=state, entry__state="entered").order_by("entry", "pk")
    return scene.lend(wanted.select_related("entry__track"))
