"""Entries for tests, built through the services."""

from datetime import datetime

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.eligibility_models import EligibilityClaim
from registrations.entry_models import Entry, Member, MemberInvitation
from registrations.services import entering, teams
from tracks.models import Edition

REGISTERING = datetime(2024, 12, 23, 10, tzinfo=BEIJING)  # the online channel is open
TEXTS = ("privacy", "originality")
CLAIMABLE = {"worker": "social_organisation", "university": "research_team", "youth": "pupil"}


def person(name: str = "祝宇", phone: str = "13800138001") -> User:
    """An account."""
    return User.objects.create_user(name, phone=phone)


def draft(edition: Edition, by: User, track: str = "worker", **values: object) -> Entry:
    """An open entry, not yet entered: an individual unless a team name is given."""
    kind = "team" if values.get("team_name") else "individual"
    typed = {"kind": kind, "organisation": "龙岗区实验学校", "categories": ["A"], **values}
    return entering.open_entry(edition, typed | {"track": edition.tracks.get(code=track)}, by=by)


def join(invitation: MemberInvitation, *, by: User) -> Member:
    """Accept an invitation, with the texts that it asks for."""
    return teams.join(invitation, by=by, accepted=TEXTS)


def claim(entry: Entry, **values: object) -> EligibilityClaim:
    """A condition with a link as evidence."""
    values = {"condition": CLAIMABLE[entry.track.code], "link": "https://example.test/proof"} | values
    return EligibilityClaim.objects.create(entry=entry, **values)


def entered(edition: Edition, by: User, track: str = "worker", **values: object) -> Entry:
    """An open entry as it stands before the contact."""
    clock.set_now(REGISTERING)
    entry = draft(edition, by, track, **values)
    claim(entry)
    return entering.enter(entry, by=by, accepted=TEXTS)
