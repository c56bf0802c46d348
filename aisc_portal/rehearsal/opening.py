"""The edition is loaded, units are invited, their officers come."""

from core.accounts import invitations
from core.accounts.models import User
from core.notices import mailbox
from core.tokens import token_of
from registrations.models import OfficerInvitation, Unit, UnitQuota
from registrations.services import register, units
from tracks.models import Edition
from tracks.rulebook import adopt_defaults
from tracks.services import appoint_contact

from .. import editions
from ..demo import EDITION_FILE
from .scene import Desk, Scene
from .ways import SHARES, WAYS

BY_PHONE, NEVER_JOINS, LINK_TWICE = 0.1, 0.5, 0.1  # shares
WAVES = {  # when units fill their forms in; the last one takes the rest
    "after_reminder": 0.2,  # nobody has opened the invitation before
    "last_day": 0.1,
    "extended": 0.03,  # miss the deadline, get more time
    "overdue": 0.01,  # … and miss that too
    "never": 0.03,  # do not even open the invitation
    "early": 1.0,
}
COME_LATE = ("after_reminder", "never")


class TooManyUnits(ValueError):
    """The register has fewer units than asked for."""


def load(scene: Scene) -> None:
    """The organiser loads edition and register, adopts the defaults and appoints a contact for each track."""
    people = scene.people
    mailbox.empty()
    scene.organiser = User.objects.create_superuser(people.name(), email="organiser@rehearsal.test")
    register.load_register(by=scene.organiser)
    editions.load(EDITION_FILE.read_text(encoding="utf-8"), by=scene.organiser)
    text = Edition.objects.get(is_current=True).text
    editions.load(adopt_defaults(text), by=scene.organiser, reason="演练采用缺省值")
    scene.edition = Edition.objects.get(is_current=True)
    scene.contacts = {}
    for track in scene.edition.tracks.all():
        scene.contacts[track] = User.objects.create_user(people.name(), email=f"{track.code}@rehearsal.test")
        appoint_contact(track, scene.contacts[track], by=scene.organiser)
    _set_desks(scene)


def _set_desks(scene: Scene) -> None:
    """Choose the units, the way of each, and when it works."""
    known = list(Unit.objects.order_by("pk"))
    if scene.count > len(known):
        raise TooManyUnits(f"名册里有 {len(known)} 个单位，请把 --units 改为不超过它的数")
    count, deal = scene.count, scene.people.deal
    chosen = scene.people.chance.sample(known, count)
    quotas = UnitQuota.objects.filter(unit__in=chosen).select_related("unit").order_by("unit_id")
    dealt = zip(quotas, deal(count, SHARES), deal(count, WAVES), strict=True)
    scene.desks = [WAYS[way](scene, quota, wave) for quota, way, wave in dealt]


def invite(scene: Scene) -> None:
    """Every unit is invited, most by mail, some by phone."""
    phones = iter(range(100))
    for number, desk in enumerate(scene.desks):
        phone = next(phones, None) if scene.people.some(BY_PHONE) else None
        way = {"email": f"u{number:04d}@rehearsal.test"} if phone is None else {"phone": f"138001380{phone:02d}"}
        units.invite_officer(desk.unit, by=scene.organiser, name=scene.people.name(), **way)


def join(scene: Scene) -> None:
    """Most open the link and accept; not those who need a reminder, nor some who rather mail everything."""
    for desk in scene.desks:
        if desk.wave not in COME_LATE and not (desk.way == "mailed" and scene.people.some(NEVER_JOINS)):
            _accept(scene, desk)


def join_late(scene: Scene) -> None:
    """The reminder has brought the link once more."""
    for desk in scene.working("after_reminder"):
        _accept(scene, desk)


def _accept(scene: Scene, desk: Desk) -> None:
    """A second use of a link is refused."""
    token = token_of(OfficerInvitation.objects.get(unit=desk.unit))
    invitation = invitations.find(OfficerInvitation, token)
    user = User.objects.create_user(invitation.name, phone=invitation.phone, email=invitation.email)
    desk.officer = units.join(invitation, by=user).user
    if scene.people.some(LINK_TWICE):
        scene.refused({"invitation.used"}, invitations.find, OfficerInvitation, token)
