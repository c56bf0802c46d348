"""The end of the points season: frozen by the organiser, then a snapshot with its hash and the recompute bundle.

Freezing stops the ledger at once; the snapshot, which may take a minute over millions of lines, is a worker's.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.services import keep
from core.jobs.services import enqueue
from core.problems import Problem, Refused, errors
from tracks.models import Edition
from tracks.wording import end

from ..bundle import HEADS, write_bundle
from ..models import Dispute, Ladder, PointEntry, PointFact, PointSnapshot, RuleSet, ServiceRecord
from ..rules import standings as rules
from ..rules.standings import Place
from . import ladder, standings
from .posting import NO_REASON

SNAPSHOT = "seasons.snapshot"  # the job
LIMIT = 4_000_000_000  # bytes of a bundle
CHUNK = 5000


def open_matters(edition: Edition) -> list[Problem]:
    """What is not settled yet: shown before freezing, and passed over only with a reason."""
    found = []
    if count := ServiceRecord.objects.filter(edition=edition, state__in=("submitted", "returned")).count():
        found.append(Problem("freeze.records", f"还有 {count} 条服务记录没有审核完，冻结后不能再计分", "reason"))
    if count := Dispute.objects.filter(line__entry__edition=edition, state="asked").count():
        found.append(Problem("freeze.disputes", f"还有 {count} 份积分异议没有答复", "reason"))
    if count := PointFact.objects.filter(entry__edition=edition, posted_at=None, voided_at=None).count():
        found.append(Problem("freeze.unposted", f"还有 {count} 条已通过的没有入账，请先入账", "reason"))
    last = ladder.freeze_date(edition)
    if last and clock.now() < last:
        found.append(Problem("freeze.early", f"还没到冻结的时间（{end(last)} 以后）", "reason"))
    return found


def freeze(edition: Edition, *, reason: str = "", by: User) -> Ladder:
    """No line is added from now on; a worker makes the snapshot.

    Raises Refused when it is frozen, and, without a reason, while something is open.
    """
    with transaction.atomic(), recorded("points.frozen", by=by, reason=reason.strip()):
        found = ladder.hold(edition)
        if (left := errors(open_matters(edition))) and not reason.strip():
            raise Refused(left)
        found.frozen_at = clock.now()
        found.save(update_fields=["frozen_at"])
        number = PointSnapshot.objects.filter(edition=edition).count() + 1
        enqueue(SNAPSHOT, f"{edition.pk}:{number}", {"edition": edition.pk, "number": number})
    return found


def thaw(edition: Edition, *, reason: str, by: User) -> None:
    """Take lines again, with a reason; the snapshot stays, the next freezing makes another. Raises Refused."""
    if not reason.strip():
        raise Refused(NO_REASON)
    with transaction.atomic(), recorded("points.thawed", by=by, reason=reason.strip()):
        found = Ladder.objects.select_for_update(no_key=True).get(edition=edition)
        if found.frozen_at is None:
            raise Refused(Problem("points.not_frozen", "积分没有冻结"))
        found.frozen_at = None
        found.save(update_fields=["frozen_at"])


def take_snapshot(edition: Edition, number: int) -> PointSnapshot | None:
    """The worker's part, in one transaction; None when it was made before, or the ladder was thawed meanwhile."""
    found = Ladder.objects.select_for_update(no_key=True).get(edition=edition)
    if found.frozen_at is None or PointSnapshot.objects.filter(edition=edition, number=number).exists():
        return None
    cut = ladder.cut_of(edition)
    ranked = rules.places(standings.as_ranked(row) for row in standings.ladder(edition).iterator(chunk_size=CHUNK))
    table = "".join(_lines("standings.csv", _places(edition, ranked)))
    sha256 = hashlib.sha256(table.encode()).hexdigest()
    lines = PointEntry.objects.filter(entry__edition=edition)
    with TemporaryFile() as out:
        write_bundle(
            out,
            title=edition.name,
            cut=cut,
            sha256=sha256,
            rules={one.sha256: one.rules for one in RuleSet.objects.filter(edition=edition)},
            tables={
                "facts.csv": _lines("facts.csv", _facts(edition)),
                "ledger.csv": _lines("ledger.csv", _ledger(edition)),
                "standings.csv": [table],
            },
        )
        bundle = keep(out, name=f"points-{edition.slug}-{number}.zip", owner=None, limit=LIMIT)
    tied = rules.across_the_cut(ranked, cut)
    last = tied[0].rank if tied else cut
    return PointSnapshot.objects.create(
        edition=edition, number=number, made_at=clock.now(), entries=len(ranked), lines=lines.count(), sha256=sha256,
        top=[_as_data(edition, place) for place in ranked if place.rank <= last], undecided=len(tied), bundle=bundle,
    )  # fmt: skip


def _number(edition: Edition, entry: int) -> str:
    return f"{edition.rulebook.edition.code}-{entry:06d}"


def _as_data(edition: Edition, place: Place) -> dict[str, Any]:
    one = place.standing
    said = {"rank": place.rank, "entry": one.entry, "number": _number(edition, one.entry)}
    return said | {"points": str(one.points), "attained_at": one.attained_at.isoformat()}


def _lines(name: str, rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """A table as CSV, its heads first; no text of anybody's is in it, so nothing has to be escaped."""
    yield _line(HEADS[name])
    yield from map(_line, rows)


def _line(row: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()


def _places(edition: Edition, ranked: Iterable[Place]) -> Iterator[tuple[object, ...]]:
    for place in ranked:
        one = place.standing
        yield place.rank, _number(edition, one.entry), one.points, one.attained_at.isoformat()


def _facts(edition: Edition) -> Iterator[tuple[object, ...]]:
    facts = PointFact.objects.filter(entry__edition=edition, posted_at__isnull=False).order_by("pk")
    for f in facts.iterator(chunk_size=CHUNK):
        yield (
            f.pk, _number(edition, f.entry_id), f.kind, f.month, f.earned_at.isoformat(), f.minutes, f.audience,
            f.level, f.rule, "是" if f.voided_at else "",
        )  # fmt: skip


def _ledger(edition: Edition) -> Iterator[tuple[object, ...]]:
    texts = dict(RuleSet.objects.filter(edition=edition).values_list("pk", "sha256"))
    lines = (
        PointEntry.objects.filter(entry__edition=edition)
        .order_by("pk")
        .values_list("pk", "entry_id", "fact_id", "rule", "rules_id", "month", "earned_at", "points", "reverses_id")
    )
    for key, entry, fact, rule, text, month, earned, points, back in lines.iterator(chunk_size=CHUNK):
        number = _number(edition, entry)
        yield key, number, fact, rule, texts[text], month, earned.isoformat(), points, back or ""
