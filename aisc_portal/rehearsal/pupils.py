"""Pupils: their month of birth, and the guardians who consent, refuse, or let it lie."""

from core import clock
from core.accounts.models import User
from core.prepared import Prepared
from core.tokens import token_of
from registrations.entry_models import Entry, Member
from registrations.personal_models import Guardian
from registrations.rules.guardians import RELATIONS
from registrations.rules.minors import band_of
from registrations.services import guardians

from .scene import Scene

ANSWERS = {"by_child": 0.03, "signature": 0.05, "refuse": 0.15, "waits": 0.2, "give": 1.0}  # shares
AGES = range(8, 20)


def ask(scene: Scene, pupil: Member, by: User) -> None:
    """Give the month of birth; below age a guardian is asked, not the pupil's own number."""
    chance = scene.people.chance
    month = f"{clock.now().year - chance.choice(AGES)}-{chance.randint(1, 12):02d}"
    guardians.save_birth(pupil, month, by=by)
    if band(pupil) != "adult":
        ask_guardian(scene, pupil, by)


def ask_guardian(scene: Scene, pupil: Member, by: User) -> Guardian:
    """Somebody of another name, at a number of their own."""
    name = other_name(scene, pupil.name)
    phone = scene.people.phone((), name)
    return guardians.ask(pupil, name=name, phone=phone, relation=scene.people.chance.choice(RELATIONS), by=by)


def answer(scene: Scene) -> None:
    """Guardians open their link: most consent with their own name, some do not, some let it lie."""
    asked = Guardian.objects.filter(state="asked").order_by("member__entry", "member").select_related("member__user")
    said = dict(zip(asked, scene.people.deal(len(asked), ANSWERS), strict=True))
    scene.each([one for one in asked if said[one] != "waits"], lambda one: _answer(scene, one, said[one]))


def _answer(scene: Scene, guardian: Guardian, said: str) -> None:
    token = token_of(guardian)
    with scene.accepted(guardian.member):
        found = guardians.find(token)
        if said == "refuse":
            guardians.refuse(found)
            scene.refused({"guardian.refused"}, guardians.find, token)
            return
        if said == "by_child":
            child = found.member.user
            scene.refused({"guardian.by_child"}, guardians.give, found, signed=found.name, reader=child)
        elif said == "signature":
            wrong = other_name(scene, found.name)
            scene.refused({"guardian.signature"}, guardians.give, found, signed=wrong)
        guardians.give(found, signed=found.name, display=scene.people.some(0.5))


_WITHOUT_CONSENT = Prepared(
    1,
    lambda entry: (
        Member.objects.participants()
        .filter(entry=entry, birth__isnull=False)
        .exclude(guardians__state="given")
        .select_related("birth")
        .order_by("pk")
    ),
)


def without_consent(entry: Entry) -> list[Member]:
    """Participants below age whose guardian has not consented; on most tracks there are none."""
    if not entry.edition.rulebook.track(entry.track.code).minors:
        return []
    found = _WITHOUT_CONSENT(entry.pk)
    for pupil in found:
        pupil.edition = entry.edition
    return [pupil for pupil in found if band(pupil) != "adult"]


def band(pupil: Member) -> str:
    """The age band today."""
    return band_of(pupil.birth.month, pupil.edition.rulebook.minors, clock.now().date())


def other_name(scene: Scene, name: str) -> str:
    """Anybody else's name."""
    return next(other for other in iter(scene.people.name, None) if other != name)
