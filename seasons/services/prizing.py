"""A theme's prizes (G31): its round, the records that enter it, and the points that its public ranking gives.

`judging` knows nothing of themes; what is public there is pulled here. What a first public ranking says is granted by
itself; what a later one changes is shown, and carried out only on the organiser's word.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from judging.models import Candidate, Publication, RankingRow, Round, Snapshot
from judging.services import adoption, closing, pool
from judging.states import DECIDED
from registrations.entry_models import Entry
from registrations.states import ENTRY_IN

from ..judged import blind_title, key_of
from ..models import PointFact, Season, ServiceRecord
from ..rules.prizes import Change, Place, Prize, Standing, Winner, difference, winners
from . import granting, ladder, posting
from .posting import NO_REASON

CHANGED = Problem("prize.changed", "名次或奖项刚刚有变化，请重新核对后再确认")
UNMADE = Problem("prize.no_round", "这个主题还没有评审轮次，请先建立")
PRIVATE = Problem("prize.not_public", "评审结果还没有公布，公布以后才能发放奖项")
NO_TABLE = Problem("prize.no_table", "届次规则里还没有定下月度主题的奖项与积分（Q14），定下以后再发放")
NOTHING = Problem("prize.nothing", "奖项与公布的名次一致，不用更正")


def open_round(theme: Season, *, by: User) -> Round:
    """Give a theme with prizes its round, by the edition's rules. Raises Refused (no such theme, no rules).

    Asked twice, it is there once.
    """
    with transaction.atomic(), recorded("season.judged", by=by):
        theme = Season.objects.select_for_update(no_key=True, of=("self",)).select_related("edition").get(pk=theme.pk)
        if theme.kind != "points" or not theme.prized:
            raise Refused(Problem("prize.not_prized", "这个主题没有设奖项；请先在“修改”里勾选“设奖项”"))
        if theme.round is None:
            theme.round = adoption.add_theme_round(theme.edition, f"theme-{theme.pk}", theme.name, by=by)
            theme.save(update_fields=["round"])
        return theme.round


def eligible(theme: Season) -> QuerySet[ServiceRecord]:
    """Approved records of the theme that are not before its judges."""
    records = ServiceRecord.objects.filter(season=theme, state="passed", entry__state__in=ENTRY_IN)
    inside = Candidate.objects.filter(round=theme.round_id, state="in").values_list("key", flat=True)
    taken = [int(key.partition("-")[2]) for key in inside]
    return records.exclude(pk__in=taken).select_related("entry__track", "edition").order_by("pk")


def fill(theme: Season, *, by: User) -> int:
    """Put every approved record of the theme into its round; those that had left and passed again come back.

    Gives how many. Raises Refused without a round, and once it is locked.
    """
    if theme.round is None:
        raise Refused(UNMADE)
    with transaction.atomic():
        records = list(eligible(theme))
        out = {c.key: c for c in theme.round.candidates.exclude(state="in").select_related("round")}
        for record in records:
            if left := out.get(key_of(record)):
                pool.restore(left, reason="服务记录重新通过", by=by)
        things = [_thing(record) for record in records if key_of(record) not in out]
        pool.add(theme.round, things, by=by)
    return len(records)


def _thing(record: ServiceRecord) -> pool.Thing:
    return pool.Thing(
        entry=record.entry,
        key=key_of(record),
        title=blind_title(record, record.entry),
        topics=(record.entry.track.code, record.activity),
        submitted_at=record.submitted_at,
    )


def take_out(record: ServiceRecord, *, reason: str, by: User) -> None:
    """A record that no longer holds leaves its round, whenever; of a decided one a new snapshot shows it."""
    for candidate in Candidate.objects.filter(key=key_of(record), state="in").select_related("round"):
        closing.withdraw(candidate, reason=reason, by=by)


# --- From the public ranking to points --------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlook:
    """What the public ranking says, against what was granted from an earlier one."""

    theme: Season
    snapshot: Snapshot
    winners: list[Winner]
    changes: list[Change]
    problems: list[Problem] = field(default_factory=list)  # why nothing can be granted

    @property
    def mark(self) -> str:
        """Tells this list from another."""
        told = [(c.entry, c.old and c.old.level, c.new and c.new.level) for c in self.changes]
        return hashlib.sha256(repr((self.snapshot.pk, told)).encode()).hexdigest()[:16]


def outlook(theme: Season) -> Outlook:
    """The winners by the public ranking, and what would change. Raises Refused while there is none to go by."""
    if theme.round_id is None:
        raise Refused(UNMADE)
    edition = theme.edition
    public = Publication.objects.filter(round=theme.round_id, ended_at=None).select_related("snapshot").first()
    if public is None:
        raise Refused(PRIVATE)
    table = [Prize(prize.level, prize.name, prize.count) for prize in edition.rulebook.theme_prizes]
    refuse_if([] if table and ladder.rules_of(edition) else [NO_TABLE])
    rows = RankingRow.objects.filter(snapshot=public.snapshot, candidate__entry__state__in=ENTRY_IN)
    rows = rows.select_related("candidate__round__category")
    places = [Place(row.candidate.entry_id, row.candidate.label, row.rank) for row in rows]
    wanted, problems = winners(places, table)
    granted = PointFact.objects.filter(kind="prize", season=theme, voided_at=None)
    standing = [Standing(f.pk, f.entry_id, f.level) for f in granted.exclude(snapshot=None)]
    by_hand = granted.filter(snapshot=None).values_list("entry", flat=True)
    changes = [] if problems else difference(standing, wanted, by_hand)
    return Outlook(theme, public.snapshot, wanted, changes, problems)


def settle(theme: Season, *, reason: str, by: User, seen: str = "") -> int:
    """Grant what the public ranking says; what it no longer says is taken back by reversals. Gives the changes.

    seen: `Outlook.mark` of what was looked at. Raises Refused without a reason, for places that tie across a line, when
    something changed meanwhile, when there is nothing to do and once the points are frozen.
    """
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("season.settled", by=by, reason=reason.strip()):
        if theme.round is None:
            raise Refused(UNMADE)
        # Entries, then the ladder, then the round: the order in which looking at a record again takes them.
        about = sorted(change.entry for change in outlook(theme).changes)
        list(Entry.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=about).order_by("pk"))
        ladder.hold(theme.edition)
        adoption.lock(theme.round)
        found = outlook(theme)
        strange = {change.entry for change in found.changes} - set(about) or (seen and seen != found.mark)
        refuse_if(found.problems or ([CHANGED] if strange else []))
        refuse_if([] if found.changes else [NOTHING])
        _carry_out(found, reason.strip(), by)
    return len(found.changes)


def settle_first() -> int:
    """Themes whose ranking became public and of which nothing was granted yet: grant it, in the publisher's name.

    Harmless when run again. Waits where places tie, where no rules are published and where the points are frozen.
    """
    done = 0
    themes = Season.objects.filter(round__state="published").select_related("edition", "round")
    granted = PointFact.objects.exclude(snapshot=None).values("season")
    for theme in themes.exclude(pk__in=granted):
        public = Publication.objects.filter(round=theme.round, ended_at=None).select_related("by").first()
        if public is None or public.by is None:
            continue
        try:
            done += settle(theme, reason=f"{theme.round}公布名次", by=public.by)
        except Refused:
            continue
    return done


def _carry_out(found: Outlook, reason: str, by: User) -> None:
    """Take back first, so that nobody has two prizes of the theme."""
    olds = PointFact.objects.in_bulk([change.old.fact for change in found.changes if change.old])
    for fact in olds.values():
        posting.void(fact, reason=reason, decider=by)
    entries = Entry.objects.in_bulk([change.entry for change in found.changes])
    for change in found.changes:
        if change.new:
            place = change.new.place
            words = f"{found.theme.name} {place.label} 第 {place.rank} 名"
            granting.grant_ranked(
                entries[change.entry], found.theme, change.new.level, found.snapshot, reason=words, by=by
            )


def names_of(changes: Iterable[Change]) -> dict[int, str]:
    """Entry → what to call it in a preview."""
    entries = Entry.objects.filter(pk__in=[change.entry for change in changes]).select_related("edition", "row")
    return {entry.pk: str(entry) for entry in entries}


def is_open(theme: Season) -> bool:
    """Whether records may still enter its round."""
    return theme.round is not None and theme.round.state not in DECIDED
