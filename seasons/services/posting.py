"""Bringing approved facts into the ledger, once each, and taking back what no longer holds.

Every writer holds the ladder's lock, so two workers post one after the other; each portion is one transaction, so a
worker killed in between leaves whole facts posted or none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.jobs.services import enqueue
from core.problems import Problem, Refused
from tracks.models import Edition

from ..models import PointEntry, PointFact, RuleSet
from ..rules.points import ZERO, Change, Line, Rule, difference, lines_of
from . import ladder

POST = "seasons.post"  # the job
PORTION = 1000  # entries in one transaction
NO_REASON = Problem("reason.missing", "请写明理由，会记入账目，参赛者看得到", "reason")
SHOWN = 200  # changes listed in a preview
MOST = 300  # of `PointEntry.said`


def post_later(fact: PointFact, edition: Edition) -> None:
    """Have a new fact posted once the caller's transaction has committed."""
    enqueue(POST, str(fact.pk), {"edition": edition.pk})


def post(edition: Edition, *, by: User | None = None, portion: int = PORTION) -> int:
    """Post every fact that waits; gives how many. Harmless when run again, or twice at once.

    Raises Refused while no rules are published, and once the points are frozen.
    """
    done = 0
    while count := _post_portion(edition, by, portion):
        done += count
    return done


def _post_portion(edition: Edition, by: User | None, portion: int) -> int:
    with transaction.atomic(), recorded("points.posted", by=by):
        held = ladder.hold(edition)
        rules, rule_set = ladder.rules_in_force(edition)
        waiting = PointFact.objects.filter(entry__edition=edition, posted_at=None, voided_at=None)
        entries = list(waiting.order_by("entry").values_list("entry", flat=True).distinct()[:portion])
        if not entries:
            return 0
        facts: dict[int, list[PointFact]] = defaultdict(list)
        for fact in waiting.filter(entry__in=entries).order_by("entry", "earned_at", "pk"):
            facts[fact.entry_id].append(fact)
        spent, now = _spent(entries, {fact.month for many in facts.values() for fact in many}), clock.now()
        PointEntry.objects.bulk_create(
            _entry(entry, line, rule_set, now, by)
            for entry in entries
            for line in lines_of(ladder.facts_of(facts[entry]), rules, spent[entry])
        )
        keys = [fact.pk for many in facts.values() for fact in many]
        ladder.note(held, now)
        return PointFact.objects.filter(pk__in=keys).update(posted_at=now)


def _spent(entries: Sequence[int], months: Iterable[str]) -> dict[int, dict[tuple[str, str], Decimal]]:
    """What stands in the ledger, by entry, month and rule; what was reversed has cancelled out."""
    found: dict[int, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    lines = PointEntry.objects.filter(entry__in=entries, month__in=months)
    for entry, month, rule, points in lines.values_list("entry", "month", "rule").annotate(Sum("points")).order_by():
        found[entry][month, rule] = points
    return found


def _entry(
    entry: int, line: Line, rule_set: RuleSet, now: datetime, by: User | None, *, turn: int = 0, reason: str = ""
) -> PointEntry:
    return PointEntry(
        entry_id=entry, fact_id=line.fact, rule=line.rule, rules=rule_set, month=line.month, earned_at=line.earned_at,
        worth=line.worth, points=line.points, said=line.said[:MOST], turn=turn, posted_at=now, by=by, reason=reason,
    )  # fmt: skip


# --- Taking back --------------------------------------------------------------------------------------------


def void(fact: PointFact, *, reason: str, decider: User) -> None:
    """A fact no longer holds: its lines are reversed, and it is never posted again. Part of the caller's deed.

    Raises Refused without a reason, or once the points are frozen.
    """
    if not reason.strip():
        raise Refused(NO_REASON)
    with transaction.atomic():
        ladder.hold(fact.entry.edition)
        now = clock.now()
        if PointFact.objects.filter(pk=fact.pk, voided_at=None).update(voided_at=now):
            _reverse(PointEntry.objects.standing().filter(fact=fact).order_by("pk"), reason.strip(), now, decider)


def _reverse(lines: Iterable[PointEntry], reason: str, now: datetime, by: User | None) -> None:
    PointEntry.objects.bulk_create(
        PointEntry(
            entry_id=line.entry_id, fact_id=line.fact_id, rule=line.rule, rules_id=line.rules_id, month=line.month,
            earned_at=line.earned_at, worth=-line.worth, points=-line.points, said=f"冲正：{line.said}"[:MOST],
            turn=line.turn, reverses=line, posted_at=now, by=by, reason=reason[:200],
        )
        for line in lines
    )  # fmt: skip


# --- When the rules have changed ----------------------------------------------------------------------------


@dataclass
class Preview:
    """What the rules in force would make of the facts that were posted, against what stands."""

    sha256: str
    changes: list[tuple[int, Change]] = field(default_factory=list)  # (entry, change), the first SHOWN
    count: int = 0
    entries: Counter[int] = field(default_factory=Counter)  # entry → changes
    points: Decimal = ZERO  # over all

    def add(self, entry: int, change: Change) -> None:
        """Count a change."""
        self.count += 1
        self.entries[entry] += 1
        self.points += change.points
        if len(self.changes) < SHOWN:
            self.changes.append((entry, change))


def preview(edition: Edition) -> Preview:
    """What `repost` would do; nothing is written. Raises Refused while no rules are published."""
    with transaction.atomic():
        rules, _ = ladder.rules_in_force(edition)
        found = Preview(edition.sha256)
        for portion in _portions(edition):
            for entry, change in _changes(portion, rules):
                found.add(entry, change)
        transaction.set_rollback(True)
    return found


def repost(edition: Edition, *, sha256: str, reason: str, by: User) -> int:
    """Bring what was posted in line with the rules in force: reversals and new lines. Gives the number of changes.

    sha256: of the edition's text that was previewed. Raises Refused without a reason, for another text, once frozen.
    """
    if not reason.strip():
        raise Refused(NO_REASON)
    if sha256 != edition.sha256:
        raise Refused(Problem("points.rules_moved", "规则文件在预览之后又改过，请重新预览"))
    count = 0
    with transaction.atomic(), recorded("points.changed_rules", by=by, reason=reason.strip()):
        held = ladder.hold(edition)
        rules, rule_set = ladder.rules_in_force(edition)
        for portion in _portions(edition):
            now, changes = clock.now(), list(_changes(portion, rules))
            taken_back = [change.old.key for _, change in changes if change.old]
            _reverse(PointEntry.objects.filter(pk__in=taken_back).order_by("pk"), reason.strip(), now, by)
            turns = _turns([change.fact for _, change in changes])
            PointEntry.objects.bulk_create(
                _entry(
                    entry, change.new, rule_set, now, by,
                    turn=turns[change.fact, change.rule], reason=reason.strip()[:200],
                )
                for entry, change in changes
                if change.new
            )  # fmt: skip
            count += len(changes)
        ladder.note(held, clock.now())
    return count


def _turns(facts: Sequence[int]) -> Counter[tuple[int, str]]:
    """How often each fact was posted by each rule."""
    lines = PointEntry.objects.filter(fact__in=facts, reverses=None)
    return Counter(lines.values_list("fact", "rule"))


def _portions(edition: Edition) -> Iterable[list[int]]:
    """The entries with something posted, portion by portion."""
    last = 0
    posted = PointFact.objects.filter(entry__edition=edition, posted_at__isnull=False)
    while True:
        more = posted.filter(entry__gt=last).order_by("entry").values_list("entry", flat=True).distinct()
        portion = list(more[:PORTION])
        if not portion:
            return
        yield portion
        last = portion[-1]


def _changes(entries: list[int], rules: Sequence[Rule]) -> Iterable[tuple[int, Change]]:
    facts: dict[int, list[PointFact]] = defaultdict(list)
    lines: dict[int, list[PointEntry]] = defaultdict(list)
    good = PointFact.objects.filter(entry__in=entries, posted_at__isnull=False, voided_at=None)
    for fact in good.order_by("posted_at", "earned_at", "pk"):
        facts[fact.entry_id].append(fact)
    for line in PointEntry.objects.standing().filter(entry__in=entries):
        lines[line.entry_id].append(line)
    for entry in entries:
        wanted = lines_of(ladder.facts_of(facts[entry]), rules, {})
        for change in difference(ladder.posted_of(lines[entry]), wanted):
            yield entry, change
