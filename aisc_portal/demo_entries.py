"""The demo's participants: a team that has entered openly, with an invitation still open, and a draft.

Contest time begins before the online channel opens, so they are made on its first day: in the demo's bar, “报名” goes
there.
"""

from core import clock
from core.accounts.models import User
from registrations.entry_models import Entry
from registrations.services import consenting, eligibility, entering, teams
from tracks.models import Edition

from .demo import jumps_of

PROOF = "https://example.org/proof"  # a name that is nobody's (RFC 2606)


def prepare(edition: Edition, team: User, single: User) -> None:
    """Make their entries, once."""
    opening = next((jump.moment for jump in jumps_of(edition) if jump.code == "register"), None)
    if opening is None or Entry.objects.filter(people__user__in=[team, single]).exists():
        return
    before = clock.now()
    clock.set_now(opening)
    _team(edition, team)
    _draft(edition, single)
    clock.set_now(before)


def _team(edition: Edition, by: User) -> None:
    values = {"kind": "team", "team_name": "智绘科普队", "organisation": "广州大学计算机学院", "categories": ["A", "C"]}
    entry = entering.open_entry(edition, values | {"track": edition.tracks.get(code="university")}, by=by)
    texts = [text.code for text in consenting.texts_for(edition, "participant")]
    for name, role, phone in (("演示队员", "member", "13800138103"), ("演示指导教师", "instructor", "13800138104")):
        joining = User.objects.create_user(name, phone=phone)
        teams.join(teams.invite(entry, role, by=by, name=name), by=joining, accepted=texts)
    teams.invite(entry, "member", by=by, name="买买提·艾力")
    eligibility.save_claim(entry, "research_team", {"link": PROOF, "statement": "学院科研团队"}, by=by)
    entering.enter(entry, by=by, accepted=texts)


def _draft(edition: Edition, by: User) -> None:
    values = {"kind": "individual", "organisation": "龙岗区实验学校", "categories": ["A"]}
    entering.open_entry(edition, values | {"track": edition.tracks.get(code="worker")}, by=by)
