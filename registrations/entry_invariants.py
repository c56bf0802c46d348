"""What must always hold of entries, their people, and what was decided about them."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q

from core import clock
from core.audit.invariants import Finding, states_are_legal
from tracks.models import Track

from . import states
from .eligibility_models import EligibilityClaim
from .entry_models import PARTICIPANTS, Entry, Member
from .personal_models import Consent
from .rules.eligibility import verdict_of
from .rules.minors import band_of
from .services.consenting import texts_for

HERE = Q(people__left_at=None)


def invariants() -> Iterator[Finding]:
    """People are counted truly and are in one entry only; whoever was accepted has a verdict and the consents."""
    yield states_are_legal(Entry)
    yield states_are_legal(EligibilityClaim)
    yield "报名的人数等于在队的人数", list(_miscounted())
    left = Member.objects.here().filter(entry__state="withdrawn")
    yield "已退出的报名里没有人", [_named(key) for key in left.values_list("entry", flat=True)]
    twice = Entry.objects.exclude(row=None).filter(state__in=states.ENTRY_LIVE).values_list("row").order_by("row")
    doubled = twice.annotate(count=Count("pk")).filter(count__gt=1)
    yield "一行推荐至多一份报名", [f"推荐行 {row}" for row, _ in doubled]
    yield "没有人同时参加两份报名", list(_doubled())
    yield "资格已通过的报名，参赛条件都已认可", list(_accepted_without_verdict())
    yield "资格已通过的报名，参赛者都签署了告知与承诺", list(_accepted_without_consent())
    yield "资格已通过的报名，未成年人都有监护人同意", list(_accepted_without_guardian())


def _miscounted() -> Iterator[str]:
    taught = Q(people__role="instructor")
    counted = Entry.objects.annotate(
        took_part=Count("people", filter=HERE & ~taught), teaching=Count("people", filter=HERE & taught)
    )
    for entry in counted.exclude(members=F("took_part"), instructors=F("teaching")):
        yield f"{_named(entry.pk)}：记为 {entry.members}+{entry.instructors} 人"


def _doubled() -> Iterator[str]:
    inside = Member.objects.here().filter(role__in=PARTICIPANTS)
    places = inside.values_list("edition", "scope", "user").order_by("user")
    for _, scope, user, count in places.annotate(count=Count("pk")).filter(count__gt=1):
        yield f"账号 {user} 在 {scope} 里有 {count} 份"


def _accepted_without_verdict() -> Iterator[str]:
    """Accepted entries that the verdicts on their claims do not bear out."""
    conditions = {
        track.pk: track.edition.rulebook.track(track.code).conditions
        for track in Track.objects.select_related("edition")
    }
    for entry in Entry.objects.filter(state="accepted").prefetch_related("claims"):
        states_of = {claim.condition: claim.state for claim in entry.claims.all()}
        if verdict_of(states_of, conditions[entry.track_id]) != "accept":
            yield _named(entry.pk)


def _accepted_without_consent() -> Iterator[str]:
    """Participants of accepted entries who have not accepted a required text; no one can for another."""
    required: dict[int, set[str]] = {}
    given: dict[tuple[int, int], set[str]] = defaultdict(set)
    for edition, user, code in Consent.objects.values_list("edition", "user", "code"):
        given[edition, user].add(code)
    for member in Member.objects.participants().filter(entry__state="accepted").select_related("edition"):
        texts = required.setdefault(
            member.edition_id, {text.code for text in texts_for(member.edition, "participant") if text.required}
        )
        if missing := texts - given[member.edition_id, member.user_id]:
            yield f"{_named(member.entry_id)}：成员 {member.pk} {'、'.join(sorted(missing))}"


def _accepted_without_guardian() -> Iterator[str]:
    """Participants who were below age on the day of the decision, without a consent; who joined later is not yet
    asked, whose month of birth was deleted since cannot be."""
    people = Member.objects.participants().filter(
        entry__state="accepted", joined_at__lte=F("entry__decided_at"), birth__isnull=False
    )
    for member in people.exclude(guardians__state="given").select_related("birth", "entry__edition"):
        entry = member.entry
        decided = (entry.decided_at or entry.created_at).astimezone(clock.BEIJING).date()
        if band_of(member.birth.month, entry.edition.rulebook.minors, decided) != "adult":
            yield f"{_named(entry.pk)}：成员 {member.pk}"


def _named(key: int) -> str:
    """An entry without anybody's name: an invariant's report may be mailed."""
    return f"报名 {key}"
