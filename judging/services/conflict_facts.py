"""What the rule about conflicts asks for, gathered for a whole round in a handful of queries."""

from collections import defaultdict
from collections.abc import Sequence

from core.accounts.models import User
from core.sealed.envelopes import blind_index
from registrations.entry_models import Member
from registrations.models import FormerName, Officer, Unit
from registrations.personal_models import Guardian

from ..models import Candidate, Judge
from ..rules.conflicts import EntryFacts, JudgeFacts, Organisation, Person, Register

PHONE = "guardian.phone"  # the purpose under which guardians' phones are indexed; judges' are asked for alike


def judges_of(judges: Sequence[Judge]) -> list[JudgeFacts]:
    """Judges as the rule sees them, by key."""
    offices = defaultdict(set)
    for user, unit in Officer.objects.filter(user__in=[j.user_id for j in judges]).values_list("user_id", "unit_id"):
        offices[user].add(str(unit))
    return [
        JudgeFacts(
            code=str(judge.pk),
            person=person_of(judge.user),
            organisations=frozenset(filter(None, [judge.organisation])),
            units=frozenset(offices[judge.user_id]),
        )
        for judge in judges
    ]


def entries_of(candidates: Sequence[Candidate]) -> list[EntryFacts]:
    """Candidates as the rule sees them, by key: everybody who ever took part, whoever stands behind them."""
    entries = {candidate.entry_id for candidate in candidates}
    people: dict[int, list[Member]] = defaultdict(list)
    for member in Member.objects.filter(entry__in=entries).select_related("user"):
        people[member.entry_id].append(member)
    guardians: dict[int, list[Person]] = defaultdict(list)
    for guardian in Guardian.objects.filter(member__entry__in=entries).select_related("member"):
        guardians[guardian.member.entry_id].append(Person(guardian.name, guardian.phone_index))
    units: dict[int, tuple[str, str]] = {
        entry: (str(unit), name)
        for entry, unit, name in Candidate.objects.filter(pk__in=[c.pk for c in candidates], entry__row__isnull=False)
        .values_list("entry_id", "entry__row__recommendation__unit_id", "entry__row__recommendation__unit__full_name")
    }  # fmt: skip
    named = dict(
        Candidate.objects.filter(pk__in=[c.pk for c in candidates]).values_list("entry_id", "entry__organisation")
    )
    return [
        EntryFacts(
            work=str(candidate.pk),
            organisations=frozenset(
                filter(None, [named[candidate.entry_id], *(m.organisation for m in people[candidate.entry_id])])
            ),
            units=frozenset({units[candidate.entry_id][0]} if candidate.entry_id in units else ()),
            members=tuple(_person(m) for m in people[candidate.entry_id] if m.role != "instructor"),
            instructors=tuple(_person(m) for m in people[candidate.entry_id] if m.role == "instructor"),
            guardians=tuple(guardians[candidate.entry_id]),
        )
        for candidate in candidates
    ]


def register() -> Register:
    """The units that the portal knows, with the names they had."""
    former = defaultdict(set)
    for unit, name in FormerName.objects.values_list("unit_id", "name"):
        former[unit].add(name)
    units = Unit.objects.values_list("pk", "full_name", "team_name")
    return Register(tuple(Organisation(str(pk), frozenset({full, team} | former[pk])) for pk, full, team in units))


def person_of(user: User) -> Person:
    """Somebody by name and phone key; the phone itself goes nowhere."""
    return Person(user.real_name, blind_index(str(user.phone or ""), PHONE))


def _person(member: Member) -> Person:
    return Person(member.name, blind_index(str(member.user.phone or ""), PHONE))
