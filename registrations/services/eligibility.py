"""参赛资格 as the participant claims it: conditions with evidence, kept, taken back, sent in (G24–G26)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.accounts.models import User
from core.accounts.names import normal_text
from core.audit.history import recorded
from core.files.inspection.found import Found
from core.files.kinds import JPEG, PDF, PNG
from core.files.papers import keep_paper, look_into
from core.files.services import MB, safe_name
from core.links import link_to
from core.notices.occasions import occasion_of
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move
from tracks.rulebook.contest import Condition

from .. import states
from ..eligibility_models import EligibilityClaim
from ..entry_models import Entry
from ..rules.eligibility import check_link, check_statement
from ..rules.places import check_correction, check_window
from .dossier import Dossier
from .entering import lock
from .stamping import Upload
from .telling import tell_contacts

KINDS = (PDF, JPEG, PNG)
LIMIT = 20 * MB
FIELDS = ("statement", "link", "dated", "honour")
UNKNOWN = Problem("condition.unknown", "这条赛道没有这个参赛条件，请刷新页面后重选", "condition")
NOT_YOURS = Problem("honour.unknown", "荣誉名录里没有这一条，请刷新页面后重选，或改为上传证书", "honour")
NOTHING = Problem("claims.none", "没有要提交的资格材料，请先勾选条件并附上证明", "eligibility")
UNTOUCHED = Problem("claims.untouched", "退回的材料还没有修改，请照审核意见改好再提交", "eligibility")


def save_claim(
    entry: Entry, condition: str, values: Mapping[str, Any], *, by: User, upload: Upload | None = None
) -> EligibilityClaim:
    """Claim a condition with what has been gathered as evidence so far, or change that; incomplete is no reason to
    refuse.

    values: any of FIELDS; what is left out stays. upload: takes the place of the file. Raises Refused when it can no
    longer be changed, for a link that is none (`evidence.link`), a text too long, an honour that is not theirs, a file
    of another kind than PDF, JPG and PNG, larger than 20 MB, broken or with something in it that runs (at `file`);
    then nothing was written.
    """
    found = _looked_into(upload) if upload else None
    with transaction.atomic():
        entry = lock(entry)
        dossier = Dossier(entry)
        claim = _claim_of(dossier, condition)
        refuse_if(editable(dossier, claim))
        before, named = content(claim), _names(claim)
        _fill(claim, values, dossier)
        changes = _renamed(named, _names(claim, upload))
        with recorded("eligibility.saved", by=by, changes=changes):
            if upload and found:
                claim.file = keep_paper(upload.content, upload.name, found, owner=by)
            if claim.pk is None or content(claim) != before:
                claim.corrected = True
                claim.save()
    return claim


def remove_claim(claim: EligibilityClaim, *, by: User) -> None:
    """Take back a claim that was never sent in. Raises Refused for any other, or when the entry has closed."""
    with transaction.atomic(), recorded("eligibility.removed", by=by):
        dossier = Dossier(lock(claim.entry))
        claim = _claim_of(dossier, claim.condition)
        if claim.state != "draft":
            words = "提交过的条件不能删除；不用管它，有一条被认可即可"
            raise Refused(Problem("claim.sent", words, "condition"))
        refuse_if(editable(dossier, claim))
        if claim.pk:  # another tab may have been faster
            claim.delete()


def submit_claims(entry: Entry, *, by: User) -> list[EligibilityClaim]:
    """Send in what was added or corrected after the entry itself went in; an untouched returned claim stays.

    Raises Refused with every problem, placed at `claim-<pk>-<field>` or `eligibility`; then nothing was written.
    """
    with transaction.atomic(), recorded("eligibility.submitted", by=by):
        entry = lock(entry)
        dossier = Dossier(entry)
        if entry.state != "entered":
            raise StaleState(entry.get_state_display())
        ready = sendable(dossier)
        untouched = any(claim.state == "returned" and not claim.corrected for claim in dossier.claims)
        refuse_if([] if ready else [UNTOUCHED if untouched else NOTHING])
        refuse_if(
            problem.at(f"claim-{claim.pk}-{problem.field or 'condition'}")
            for claim in ready
            for problem in editable(dossier, claim) + dossier.claim_problems(claim)
        )
        for claim in ready:
            move(claim, "submit", submitted_at=dossier.now, correct_until=None)
        _tell_contacts(entry, dossier, ready)
    return ready


def sendable(dossier: Dossier) -> list[EligibilityClaim]:
    """What could be sent in now: drafts, and returned claims that were changed since."""
    return [c for c in dossier.claims if c.state == "draft" or (c.state == "returned" and c.corrected)]


def editable(dossier: Dossier, claim: EligibilityClaim) -> list[Problem]:
    """Why a claim cannot be changed or sent now; nothing when it can.

    A draft as long as the entry may change; a returned one until its own deadline too (Q32).
    """
    entry = dossier.entry
    if entry.state not in ("draft", "entered"):
        return [Problem("entry.decided", f"报名现在是“{entry.get_state_display()}”，资格材料不用也不能再改")]
    if claim.state not in states.CLAIM_EDITABLE:
        return [Problem("claim.sent", f"这一条“{claim.get_state_display()}”，不能再改")]
    if claim.state == "returned":
        return check_correction(claim.correct_until, dossier.window, dossier.now)
    return check_window(dossier.window, dossier.now)


def condition_of(dossier: Dossier, code: str) -> Condition:
    """A condition of the entry's track. Raises Refused for an unknown one."""
    found = next((c for c in dossier.conditions if c.code == code and c.effect != "excludes"), None)
    if found is None:
        raise Refused(UNKNOWN)
    return found


def content(claim: EligibilityClaim) -> tuple[Any, ...]:
    """What of a claim is evidence."""
    return (claim.statement, claim.link, claim.dated, claim.file_id, claim.honour_id)


def _claim_of(dossier: Dossier, code: str) -> EligibilityClaim:
    """The entry's claim of a condition, a new one if there is none."""
    known = next((claim for claim in dossier.claims if claim.condition == code), None)
    if known is None:
        condition_of(dossier, code)
    return known or EligibilityClaim(entry=dossier.entry, condition=code)


def _fill(claim: EligibilityClaim, values: Mapping[str, Any], dossier: Dossier) -> None:
    """Write the evidence into the claim, as far as its columns can hold it."""
    kept = {field: values[field] for field in FIELDS if field in values}
    for field in {"statement", "link"} & kept.keys():
        kept[field] = normal_text(kept[field])
    refuse_if([*check_link(kept.get("link", "")), *check_statement(kept.get("statement", ""))])
    if honour := kept.get("honour"):
        offered = dossier.honours_of(condition_of(dossier, claim.condition))
        refuse_if([] if honour in offered else [NOT_YOURS])
    for field, value in kept.items():
        setattr(claim, field, value)


def _looked_into(upload: Upload) -> Found:
    try:
        return look_into(upload.content, upload.name, limit=LIMIT, kinds=KINDS)
    except Refused as refused:
        raise Refused(problem.at("file") for problem in refused.problems) from refused


def _names(claim: EligibilityClaim, upload: Upload | None = None) -> dict[str, str]:
    """What the file and the honour are called, for 办理记录: their columns hold keys."""
    return {
        "证明文件": safe_name(upload.name) if upload else str(claim.file or ""),
        "荣誉": str(claim.honour or ""),
    }


def _renamed(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {label: (before[label], name) for label, name in after.items() if name != before[label]}


def _tell_contacts(entry: Entry, dossier: Dossier, sent: list[EligibilityClaim]) -> None:
    """The track's contacts learn what came in."""
    texts = {condition.code: condition.text for condition in dossier.conditions}
    said = {
        "title": dossier.title,
        "number": entry.number,
        "track": entry.track.name,
        "conditions": [texts.get(claim.condition, claim.condition) for claim in sent],
        "link": link_to("admin:registrations_entry_change", entry.pk),
    }
    occasion = occasion_of(dossier.now)
    tell_contacts(entry.track, "claims-arrived", entry, occasion, **said)
