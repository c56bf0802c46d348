"""How the services of people, guardians and claim codes are called, for `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core import clock
from core.accounts.models import User
from registrations.entry_models import Entry, Member, MemberInvitation, RowClaim
from registrations.models import RecommendationRow
from registrations.personal_models import Guardian
from registrations.services import claiming, guardians, teams

from .build import REGISTERING, draft, entered, join, person
from .traces import Case

PARENT = {"name": "祝母", "phone": "13800138099", "relation": "母亲"}


def team(stage: Any, track: str = "worker") -> Entry:
    """A team of the stage's person."""
    clock.set_now(REGISTERING)
    return draft(stage.edition, stage.person, track, team_name="智绘科普队")


def asked(stage: Any, **more: str) -> MemberInvitation:
    """Somebody who has not answered."""
    found = team(stage)
    return teams.invite(found, "member", by=stage.person, name="胡燕", **more)


def joined(stage: Any) -> Member:
    """A second person in the team."""
    return join(asked(stage), by=person("胡燕", "13800138003"))


def handing_over(stage: Any) -> Callable[..., Any]:
    member = joined(stage)
    return partial(teams.hand_over, member.entry, member)


def child(stage: Any) -> Member:
    """The stage's person on the youth track."""
    return team(stage, "youth").people.get()


def waiting(stage: Any) -> Guardian:
    """A guardian who was asked."""
    return guardians.ask(child(stage), by=stage.person, **PARENT)


def born(stage: Any) -> Any:
    member = child(stage)
    guardians.save_birth(member, "2012-05", by=stage.person)
    return Member.objects.get(pk=member.pk).birth


def passed(stage: Any) -> RecommendationRow:
    """The stage's row, passed and meant for the organiser, who acts here."""
    rows = RecommendationRow.objects.filter(pk=stage.row.pk)
    name = User.objects.filter(is_superuser=True).latest("pk").real_name
    rows.update(state="approved", decided_at=clock.now(), name=name, phone="")
    return rows.get()


def coded(stage: Any) -> RowClaim:
    """Its open code."""
    [code] = claiming.issue_codes([passed(stage)], by=stage.person)
    return code


def begun(stage: Any) -> Entry:
    """A draft that was claimed."""
    row = passed(stage)
    RecommendationRow.objects.filter(pk=row.pk).update(name=stage.person.real_name)
    [code] = claiming.issue_codes([row], by=stage.person)
    return claiming.claim_row(code, by=stage.person)


def merging(stage: Any) -> Callable[..., Any]:
    drop = begun(stage)
    keep = entered(stage.edition, person(), team_name="智创科普队")
    return partial(claiming.merge, keep, drop, reason="同一人")


CASES: dict[Callable[..., Any], Case] = {
    teams.invite: ("invitation.issued", lambda s: partial(teams.invite, team(s), "member", name="胡燕")),
    teams.resend: (
        "member.invitation_resent",
        lambda s: partial(teams.resend, asked(s, email="huyan@example.test")),
    ),
    teams.revoke: ("invitation.revoked", lambda s: partial(teams.revoke, asked(s))),
    teams.join: ("member.joined", lambda s: partial(join, asked(s))),
    teams.decline: ("invitation.declined", lambda s: partial(teams.decline, asked(s))),
    teams.save_member: ("member.saved", lambda s: partial(teams.save_member, joined(s), name="胡雁")),
    teams.remove: ("member.removed", lambda s: partial(teams.remove, joined(s))),
    teams.hand_over: ("member.handed_over", handing_over),
    guardians.save_birth: ("birth.saved", lambda s: partial(guardians.save_birth, child(s), "2012-05")),
    guardians.ask: ("guardian.asked", lambda s: partial(guardians.ask, child(s), **PARENT)),
    guardians.resend: ("guardian.resent", lambda s: partial(guardians.resend, waiting(s))),
    guardians.reveal: ("guardian.shown", lambda s: partial(guardians.reveal, waiting(s))),
    guardians.reveal_birth: ("birth.shown", lambda s: partial(guardians.reveal_birth, born(s))),
    claiming.issue_codes: ("invitation.issued", lambda s: partial(claiming.issue_codes, [passed(s)])),
    claiming.revoke_code: ("invitation.revoked", lambda s: partial(claiming.revoke_code, coded(s))),
    claiming.send_code: ("entry.reminded", lambda s: partial(claiming.send_code, coded(s))),
    claiming.send_codes: ("entry.reminded", lambda s: partial(claiming.send_codes, [coded(s)])),
    claiming.claim_row: ("entry.claimed", lambda s: partial(claiming.claim_row, coded(s))),
    claiming.remind_entry: ("entry.reminded", lambda s: partial(claiming.remind_entry, begun(s))),
    claiming.merge: ("entry.merged", merging),
}
