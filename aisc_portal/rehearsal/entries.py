"""Entries: places claimed with a code, open registrations, teams and pupils; entered, given up, or too late."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from core import clock
from core.accounts.models import User
from core.prepared import Prepared
from registrations.eligibility_models import EligibilityClaim
from registrations.entry_models import Entry, Member, RowClaim
from registrations.personal_models import Guardian
from registrations.services import claiming, consenting, eligibility, entering, guardians, teams
from tracks.rulebook.contest import Condition

from .people import KINDS, PLACES
from .pupils import ask, ask_guardian, band, other_name, without_consent
from .scene import Desk, Scene

CLAIMS = {"other_phone": 0.05, "other_name": 0.05, "used": 0.05, "forgets": 0.1, "claims": 1.0}
TRACKS = ("worker", "university", "youth", "youth")
TEAM, TWICE, JOINED_TWICE, DECLINES, INSTRUCTED, UNREAD = 0.5, 0.05, 0.05, 0.1, 0.4, 0.05  # shares
PROOFS = {"none": 0.05, "bare": 0.05, "proven": 1.0}  # what is claimed at first: nothing, a condition, and its proof
ENDS = {"drop": 0.04, "unread": 0.05, "late": 0.06, "enter": 1.0}
DROPS_OUT, ANOTHER_PARENT = 0.03, 0.5  # shares
FEW = 5  # that try in vain
PROOF = "https://example.org/proof"
_LEADER = Prepared(
    1, lambda entry: Member.objects.here().filter(entry=entry, role="representative").select_related("user")
)
_CLAIMS = Prepared(1, lambda entry: EligibilityClaim.objects.filter(entry=entry))
AGAIN = 0.1  # share of deeds that are tried once more, and must be refused
MORE_TIME, EXCUSE = timedelta(days=2), "来电说明系统故障"


# --- Who comes ----------------------------------------------------------------------------------------------


def issue(scene: Scene) -> None:
    """Every unit sends its approved people their codes; issued once more, they are the same."""
    scene.each(scene.submitted(), _issue)


def _issue(desk: Desk) -> None:
    if rows := desk.rows("approved"):
        with desk.scene.accepted(desk.unit):
            codes = claiming.issue_codes(rows, by=desk.by)
            desk.scene.expect(claiming.issue_codes(rows, by=desk.by) == codes, f"{desk.unit}：认领码发了两遍")
            for code in codes:
                claiming.send_code(code, by=desk.by)


def claim(scene: Scene) -> None:
    """Most take their place, some with another phone or name at first; a used code is dead."""
    scene.refused({"window.early"}, _open, scene, _account(scene, scene.people.name()))
    scene.refused({"claim.unknown"}, claiming.find_code, "0000-0000")  # no code has a zero
    codes = _open_codes(scene)
    for code, deed in zip(codes, scene.people.deal(len(codes), CLAIMS), strict=True):
        name, phone = code.row.name, code.row.phone
        if deed == "forgets":
            continue
        if deed == "other_phone":
            scene.refused({"claim.phone"}, claiming.claim_row, code, by=_account(scene, name))
        elif deed == "other_name":
            other = _account(scene, other_name(scene, name), phone)
            scene.refused({"claim.name"}, claiming.claim_row, code, by=other)
        with scene.accepted(code):
            typed = claiming.shown(code.code).lower()
            claiming.claim_row(claiming.find_code(typed), by=_account(scene, name, phone))
        if deed == "used":
            scene.refused({"invitation.used"}, claiming.find_code, code.code)


def register(scene: Scene) -> None:
    """Others enter openly, until there are as many as the rehearsal wants; nobody twice, nobody past their place."""
    for code in _open_codes(scene)[:FEW]:
        scene.refused({"entry.recommended"}, _open, scene, _account(scene, code.row.name, code.row.phone))
    scene.each(range(scene.entries - Entry.objects.count()), lambda _: _register(scene))


def _register(scene: Scene) -> None:
    by = _account(scene, scene.people.name())
    with scene.accepted(by):
        _open(scene, by)
    if scene.people.some(TWICE):
        scene.refused({"entry.twice"}, _open, scene, by)


def _open(scene: Scene, by: User) -> Entry:
    chance = scene.people.chance
    school = chance.choice(PLACES) + chance.choice(KINDS)
    team = scene.people.some(TEAM)
    values = {
        "kind": "team" if team else "individual",
        "team_name": f"{school}智创队" if team else "",
        "organisation": school,
        "categories": scene.people.categories([category.code for category in scene.edition.rulebook.categories]),
        "track": scene.edition.tracks.get(code=chance.choice(TRACKS)),
    }
    return entering.open_entry(scene.edition, values, by=by)


def _open_codes(scene: Scene) -> list[RowClaim]:
    return scene.lend(RowClaim.objects.open().select_related("row").order_by("pk"))


def _account(scene: Scene, name: str, phone: str = "") -> User:
    """A new account. There are but a thousand placeholder numbers: one that is taken goes over."""
    if phone and (holder := User.objects.filter(phone=phone).first()):
        holder.phone, holder.email = None, holder.email or _mailbox(scene)
        holder.save(update_fields=["phone", "email"])
    return User.objects.create_user(name, phone=phone or None, email=_mailbox(scene))


def _mailbox(scene: Scene) -> str:
    return f"p{scene.people.chance.getrandbits(64):016x}@rehearsal.test"


# --- What they bring ----------------------------------------------------------------------------------------


def gather(scene: Scene) -> None:
    """Teams come together, pupils' guardians are asked, conditions are claimed; some forget what they rest on."""
    drafts = _drafts(scene)
    proofs = dict(zip(drafts, scene.people.deal(len(drafts), PROOFS), strict=True))
    scene.each(drafts, lambda entry: _gather(scene, entry, proofs[entry]))


def _gather(scene: Scene, entry: Entry, proof: str) -> None:
    by = representative(entry)
    with scene.accepted(entry):
        if entry.kind == "team":
            _invite(scene, entry, by)
        if scene.edition.rulebook.track(entry.track.code).minors:
            for pupil in entry.people.participants().order_by("pk"):
                ask(scene, pupil, by)
        if proof != "none":
            _claim_condition(scene, entry, by, proven=proof == "proven")


def _invite(scene: Scene, entry: Entry, by: User) -> None:
    """One to three members, perhaps an instructor; somebody who is in another entry cannot join."""
    roles = ["member"] * scene.people.chance.randint(1, 3) + ["instructor"] * scene.people.some(INSTRUCTED)
    for role in roles:
        user = _account(scene, scene.people.name())
        invitation = teams.invite(entry, role, by=by, name=user.real_name, email=user.email or "")
        if scene.people.some(DECLINES):
            teams.decline(invitation, by=user)
        else:
            if scene.people.some(UNREAD):
                scene.refused({"consent.missing"}, teams.join, invitation, by=user)
            teams.join(invitation, by=user, accepted=_texts(scene))
            if scene.people.some(AGAIN):
                scene.refused({"invitation.used"}, teams.join, invitation, by=user)
    others = Member.objects.participants().exclude(entry=entry).order_by("pk").select_related("user")
    if scene.people.some(JOINED_TWICE) and (elsewhere := others.first()):
        invitation = teams.invite(entry, "member", by=by, name=elsewhere.name)
        scene.refused({"entry.twice"}, teams.join, invitation, by=elsewhere.user, accepted=_texts(scene))
        teams.revoke(invitation, by=by)


def _claim_condition(scene: Scene, entry: Entry, by: User, *, proven: bool) -> None:
    """One of the track's conditions with a link; recommended, the stamped form may be enough."""
    found = [condition for condition in _conditions(entry) if condition.effect == "admits"]
    if not proven:
        found = [condition for condition in found if not condition.within_years]
    condition = scene.people.chance.choice(found)
    values: dict[str, Any] = {}
    if proven and entry.row_id and scene.people.some(0.5):
        values["statement"] = "见推荐单位盖章的推荐申报表"
    elif proven:
        values["link"] = PROOF
    if condition.within_years:
        values["dated"] = date(2024, 6, 1)
    eligibility.save_claim(entry, condition.code, values, by=by)


def _conditions(entry: Entry) -> tuple[Condition, ...]:
    return entry.edition.rulebook.track(entry.track.code).conditions


# --- How it goes in -----------------------------------------------------------------------------------------


def enter(scene: Scene) -> None:
    """Most enter, once they have what was lacking; some drop out before, some put it off."""
    drafts = _drafts(scene)
    ends = dict(zip(drafts, scene.people.deal(len(drafts), ENDS), strict=True))
    scene.each(drafts, lambda entry: _end(scene, entry, ends[entry]))


def _end(scene: Scene, entry: Entry, end: str) -> None:
    with scene.accepted(entry):
        if end == "drop":
            entering.withdraw_entry(entry, by=representative(entry), reason="时间有冲突")
        elif end != "late":
            _enter(scene, entry, unread=end == "unread")


def _enter(scene: Scene, entry: Entry, *, unread: bool) -> None:
    """Try, put right what is lacking, enter; an entry whose guardians are silent stays a draft."""
    by, texts, codes = representative(entry), _texts(scene), lacking(entry)
    if unread:
        scene.refused(codes | {"consent.missing"}, entering.enter, entry, by=by)
    if codes:
        scene.refused(codes, entering.enter, entry, by=by, accepted=texts)
        _mend(scene, entry, by)
    if not lacking(entry):
        entering.enter(entry, by=by, accepted=texts)


def _mend(scene: Scene, entry: Entry, by: User) -> None:
    """The missing proof; another guardian where one has refused."""
    if bare := entry.claims.filter(link="", statement="").first():
        eligibility.save_claim(entry, bare.condition, {"link": PROOF}, by=by)
    elif not entry.claims.exists():
        _claim_condition(scene, entry, by, proven=True)
    for pupil in without_consent(entry):
        if pupil.guardians.filter(state="refused").exists() and scene.people.some(ANOTHER_PARENT):
            other = ask_guardian(scene, pupil, by)
            guardians.give(other, signed=other.name)


def drop_out(scene: Scene) -> None:
    """Some that have entered leave again."""
    for entry in Entry.objects.filter(state="entered").order_by("pk"):
        if scene.people.some(DROPS_OUT):
            with scene.accepted(entry):
                entering.withdraw_entry(entry, by=representative(entry), reason="队员另有安排")


def close(scene: Scene) -> None:
    """At midnight it is over for drafts, codes and newcomers; a contact gives a few more time, with a reason."""
    texts, drafts = _texts(scene), _drafts(scene)

    def late(entry: Entry) -> None:
        by = representative(entry)
        scene.refused({"window.late"} | lacking(entry), entering.enter, entry, by=by, accepted=texts)

    scene.each(drafts, late)
    for code in _open_codes(scene)[:FEW]:
        by = _account(scene, code.row.name, code.row.phone)
        scene.refused({"window.late"}, claiming.claim_row, code, by=by)
    scene.refused({"window.late"}, _open, scene, _account(scene, scene.people.name()))
    for entry in [entry for entry in drafts if not lacking(entry)][:FEW]:
        contact, until = scene.contacts[entry.track], clock.now() + MORE_TIME
        scene.refused({"reason.missing"}, entering.unlock_entry, entry, until, by=contact, reason=" ")
        with scene.accepted(entry):
            entering.unlock_entry(entry, until, by=contact, reason=EXCUSE)
            entering.enter(entry, by=representative(entry), accepted=texts)


def lacking(entry: Entry) -> set[str]:
    """The codes by which an entry must be refused, whatever the hour."""
    claims = _CLAIMS(entry.pk)
    codes = set() if claims else {"eligibility.none"}
    if any(not claim.link and not claim.statement for claim in claims):
        codes.add("evidence.missing")
    if any(band(pupil) == "under_first" for pupil in without_consent(entry)):
        codes.add("guardian.missing")
    return codes


def representative(entry: Entry) -> User:
    """Who acts for an entry."""
    return _LEADER.get(entry.pk).user


def _texts(scene: Scene) -> list[str]:
    return [text.code for text in consenting.texts_for(scene.edition, "participant")]


def _drafts(scene: Scene) -> list[Entry]:
    """Those being filled in, in order."""
    return scene.lend(Entry.objects.filter(state="draft").select_related("track", "row").order_by("pk"))


def totals(scene: Scene) -> dict[str, Any]:
    """For the summary; entered: those that still wait for the contact or a guardian."""
    entries = Entry.objects.filter(edition=scene.edition)
    kinds, states = (Counter(entries.values_list(field, flat=True)) for field in ("kind", "state"))
    asked = Counter(Guardian.objects.values_list("state", flat=True))
    claims = Counter(EligibilityClaim.objects.values_list("state", flat=True))
    pupils = Member.objects.participants().filter(birth__isnull=False).select_related("birth", "edition")
    return {
        "total": entries.count(),
        "recommended": entries.exclude(row=None).count(),
        "open": entries.filter(row=None).count(),
        **{kind: kinds[kind] for kind in ("individual", "team")},
        "people": Member.objects.here().count(),
        "minors": sum(band(pupil) != "adult" for pupil in pupils),
        "guardians": {state: asked[state] for state in ("given", "refused")},
        **{state: states[state] for state in ("draft", "entered", "accepted", "rejected", "withdrawn")},
        "claims": {
            "accepted": claims["accepted"],
            "returned": scene.counts["claims.returned"],
            "rejected": claims["rejected"],
        },
    }
