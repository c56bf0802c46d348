"""Gathering what the rules ask for about one entry, read once."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from django.db.models import Prefetch

from core import clock
from core.accounts.models import User
from core.prepared import Prepared
from core.problems import Problem
from tracks.rulebook import Rulebook, Window
from tracks.rulebook.contest import Condition, TeamRule
from tracks.rulebook.contest import Track as TrackRule
from tracks.rulebook.works import Consent as Text

from .. import states
from ..eligibility_models import EligibilityClaim, Honour
from ..entry_models import Entry, Member, MemberInvitation
from ..models import RecommendationRow
from ..personal_models import Consent, Guardian
from ..rules.eligibility import ClaimFacts, check_claim, check_claims
from ..rules.entering import EntryFacts, check_entry
from ..rules.minors import Minor, band_of, check_minors
from ..rules.places import check_window, extend_window
from ..rules.teams import People, check_team
from ..work_models import Work
from . import consenting

# Read on every page of an entry.
_PEOPLE = Prepared(1, lambda entry: Member.objects.filter(entry=entry, left_at=None).select_related("user"))
_INVITATIONS = Prepared(1, lambda entry: MemberInvitation.objects.filter(entry=entry).order_by("pk"))
_CLAIMS = Prepared(1, lambda entry: EligibilityClaim.objects.filter(entry=entry).select_related("file", "honour"))
_WORKS = Prepared(1, lambda entry: Work.objects.filter(entry=entry).select_related("current"))

R = TypeVar("R", Member, MemberInvitation, EligibilityClaim, Work)


class Dossier:
    """One entry's rule inputs (报名档案). Every list costs one query, however long it is."""

    def __init__(self, entry: Entry, now: datetime | None = None, *, people: list[Member] | None = None) -> None:
        """people: those in it, where the caller knows them."""
        self.entry = entry
        self.edition = entry.edition
        self.rulebook: Rulebook = entry.edition.rulebook
        self.now = now or clock.now()
        if people is not None:
            self.people = people
        if entry.row:
            entry.row.edition = entry.edition  # the same one: its calendar is read once

    # --- The edition's words on it ------------------------------------------------------------------------

    @cached_property
    def track(self) -> TrackRule:
        """The track as the edition has it."""
        return self.rulebook.track(self.entry.track.code)

    @property
    def categories(self) -> dict[str, str]:
        """Those open to this track and kind: code → name."""
        return categories_for(self.rulebook, self.track.code, self.entry.kind)

    @property
    def team_rules(self) -> list[TeamRule]:
        """How many people; one rule a category, the edition's own before any is chosen."""
        codes = [code for code in self.entry.categories if code in self.categories]
        return [self.rulebook.team_rule(code) for code in codes] or [self.rulebook.entry.team]

    @property
    def window(self) -> Window:
        """When the entry may be changed and entered: through its gate, later where a contact opened it."""
        return extend_window(self.gate, self.entry.unlocked_until)

    @property
    def gate(self) -> Window:
        """When it may be without that (G29): later for a row that passed late."""
        row = self.entry.row
        return claim_window(row) if row else self.edition.window("register")

    @property
    def groups(self) -> dict[str, str]:
        """The groups (组别) of its categories, where they are divided (N20): code → name."""
        codes = {code for category in self.rulebook.categories if category.code in self.entry.categories
                 for code in category.groups}  # fmt: skip
        return {group.code: group.name for group in self.rulebook.groups if group.code in codes}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The track's 参赛条件 (G24–G26)."""
        return self.track.conditions

    # --- What belongs to it -------------------------------------------------------------------------------

    @cached_property
    def people(self) -> list[Member]:
        """Those who have joined and not left, the representative first."""
        found = self._own(_PEOPLE(self.entry.pk))
        return sorted(found, key=lambda m: (m.role != "representative", m.role == "instructor", m.joined_at, m.pk))

    @property
    def title(self) -> str:
        """How a sentence calls it: the team, or the person."""
        return title_of(self.entry, self.representative)

    @property
    def participants(self) -> list[Member]:
        """Everybody but instructors."""
        return [member for member in self.people if member.role != "instructor"]

    @property
    def representative(self) -> Member | None:
        """Who acts for the entry; None once withdrawn."""
        return next((member for member in self.people if member.role == "representative"), None)

    def led_by(self, user: User) -> bool:
        """Whether somebody is its representative; `access.acts_for` without asking anew."""
        return self.representative is not None and self.representative.user_id == user.pk

    @cached_property
    def invitations(self) -> list[MemberInvitation]:
        """All invitations, oldest first."""
        return self._own(_INVITATIONS(self.entry.pk))

    @cached_property
    def claims(self) -> list[EligibilityClaim]:
        """The claimed conditions, in the order of the edition."""
        order = {condition.code: place for place, condition in enumerate(self.conditions)}
        found = self._own(_CLAIMS(self.entry.pk))
        return sorted(found, key=lambda claim: order.get(claim.condition, len(order)))

    @cached_property
    def works(self) -> list[Work]:
        """What was begun or handed in, one a category: nothing before the entry itself is handed in."""
        return [] if self.entry.state == "draft" else self._own(_WORKS(self.entry.pk))

    def _own(self, rows: list[R]) -> list[R]:
        """Rows of this entry, which they know."""
        for row in rows:
            row.entry = self.entry
        return rows

    @cached_property
    def minors(self) -> dict[int, Minor]:
        """Participants by member key, with their age band and the guardian's answer, on a track for pupils."""
        if not self.track.minors:
            return {}
        answers = Prefetch("guardians", Guardian.objects.exclude(state="replaced").only("member", "state", "asked_at"))
        found = self.entry.people.participants().select_related("birth").prefetch_related(answers)
        return {member.pk: self._minor(member) for member in found}

    def _minor(self, member: Member) -> Minor:
        month = member.birth.month if hasattr(member, "birth") else ""
        band = band_of(month, self.rulebook.minors, self.now.date()) if month else None
        answers = [guardian.state for guardian in member.guardians.all()]
        return Minor(member.name, band, answers[-1] if answers else None)

    @cached_property
    def contact(self) -> str:
        """Where its people ask: the track's mailbox, else the mailboxes of its contacts."""
        track = self.entry.track
        return track.mailbox or "、".join(user.email or user.real_name for user in track.contact_users)

    @cached_property
    def texts(self) -> list[Text]:
        """The texts put before the representative when the entry goes in."""
        return consenting.texts_for(self.edition, "participant")

    @cached_property
    def consents(self) -> dict[str, Consent]:
        """What the representative has accepted."""
        representative = self.representative
        return consenting.given(representative.user, self.edition) if representative else {}

    # --- What the rules say -------------------------------------------------------------------------------

    @property
    def head(self) -> People:
        """Its people as they count."""
        groups = tuple(member.group for member in self.participants) if self.groups else ()
        return People(self.entry.members, self.entry.instructors, groups)

    def own_problems(self) -> list[Problem]:
        """What the entry's own form lacks, at its fields."""
        representative = self.representative
        facts = EntryFacts(
            kind=self.entry.kind,
            team_name=self.entry.team_name,
            organisation=self.entry.organisation,
            categories=tuple(self.entry.categories),
            representative=representative.name if representative else "",
            recommended=self.entry.row_id is not None,
        )
        return check_entry(facts, self.track, self.categories, self.rulebook.entry.several_categories)

    def team_problems(self, *, deciding: bool = False) -> list[Problem]:
        """What stands against its people, at `people`. deciding: before the contact accepts it."""
        team = check_team(self.entry.kind, self.head, self.team_rules)
        return team + check_minors(list(self.minors.values()), deciding=deciding)

    def claim_problems(self, claim: EligibilityClaim) -> list[Problem]:
        """What one claimed condition lacks."""
        condition = next((c for c in self.conditions if c.code == claim.condition), None)
        if condition is None:
            return [Problem("condition.unknown", "这条参赛条件已不在本赛道，请删除后重选", "condition")]
        return check_claim(self._claim_facts(claim), condition, self.entry.created_at.astimezone(clock.BEIJING).date())

    def eligibility_problems(self) -> list[Problem]:
        """What stands against sending the claims to the contact, at `eligibility`."""
        problems = check_claims([claim.condition for claim in self.claims], self.conditions)
        for claim in self.claims:
            if claim.state in states.CLAIM_EDITABLE:
                problems += [
                    Problem(p.code, p.message, f"claim-{claim.pk}-{p.field}") for p in self.claim_problems(claim)
                ]
        return problems

    def missing(self) -> list[Problem]:
        """What its people still have to fill in or see to before it can be entered."""
        return [*self.own_problems(), *self.team_problems(), *self.eligibility_problems()]

    def problems(self, accepted: Iterable[str] = ()) -> list[Problem]:
        """此刻提交会怎样: everything that would refuse the entry now. accepted: codes of texts ticked with it."""
        return [
            *check_window(self.window, self.now),
            *self.missing(),
            *consenting.check_consents(self.texts, self.consents, accepted),
        ]

    def honours_of(self, condition: Condition) -> list[Honour]:
        """The registered honours of the entry's people or team that a condition counts."""
        if not condition.honours:
            return []
        names = {member.name for member in self.participants} | {self.entry.team_name, self.entry.organisation}
        return list(Honour.objects.filter(title__in=condition.honours, holder__in=names - {""}))

    def _claim_facts(self, claim: EligibilityClaim) -> ClaimFacts:
        return ClaimFacts(
            link=claim.link,
            dated=claim.dated,
            file=claim.file_id is not None,
            honour=claim.honour_id is not None,
            statement=claim.statement,
            recommended=self.entry.row_id is not None,
        )


def title_of(entry: Entry, representative: Member | None = None) -> str:
    """How an entry is called where its people read it: the team's name, or the individual's; once they have left, as
    it was. representative: where it is known already."""
    if entry.team_name:
        return entry.team_name
    if representative:
        return representative.name
    names = entry.people.filter(role="representative").order_by("left_at").values_list("name", flat=True)
    return names.first() or entry.number


def claim_window(row: RecommendationRow) -> Window:
    """When a recommended place may be claimed; one that passed late has a few working days all the same (Q32)."""
    window = row.edition.window("claim")
    if row.decided_at is None:
        return window
    return extend_window(window, row.edition.correction_until(row.decided_at))


def categories_for(rulebook: Rulebook, track: str, kind: str) -> dict[str, str]:
    """The categories that an entry of this kind on this track may name: code → direction (G3, G27)."""
    return {c.code: c.direction for c in rulebook.categories if track in c.tracks and kind in c.entrants}
