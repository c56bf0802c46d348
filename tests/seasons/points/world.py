"""The points season's part of the small contest in `tests/world.py`: a submitted record, a line, a dispute about it."""

from datetime import datetime

from django.db.models import Model

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from core.files.models import StoredFile
from core.states import move
from registrations.entry_models import Entry
from seasons.models import (
    Dispute,
    PointEntry,
    PointFact,
    PointSnapshot,
    RuleSet,
    ServiceHours,
    ServicePhoto,
    ServiceRecord,
)
from seasons.services.ladder import ladder_of

BEGAN = datetime(2024, 12, 9, 9, tzinfo=BEIJING)
ENDED = datetime(2024, 12, 9, 11, tzinfo=BEIJING)


def make(entry: Entry, person: User, file: StoredFile, boss: User) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages)."""
    edition, now = entry.edition, clock.now()
    record = ServiceRecord.objects.create(
        entry=entry, edition=edition, created_at=now, changed_at=now, title="社区科普课", activity="two_centres",
        place="党群服务中心", starts_at=BEGAN, ends_at=ENDED, audience=60, basis="签到表",
    )  # fmt: skip
    ServiceHours.objects.create(record=record, member=entry.people.get(), user=person, starts_at=BEGAN, ends_at=ENDED)
    photo = ServicePhoto.objects.create(record=record, file=file, added_at=now, added_by=person)
    move(record, "submit", submitted_at=now)
    rules = RuleSet.objects.create(edition=edition, sha256=edition.sha256, rules=[], made_at=now)
    fact = PointFact.objects.create(
        entry=entry, kind="bonus", rule="press", month="2024-12", earned_at=ENDED, reason="示例加分", by=boss, at=now
    )
    line = PointEntry.objects.create(
        entry=entry, fact=fact, rule="press", rules=rules, month="2024-12", earned_at=ENDED, worth=5, points=5,
        said="媒体报道，计 5 分", posted_at=now,
    )  # fmt: skip
    PointFact.objects.filter(pk=fact.pk).update(posted_at=now)
    snapshot = PointSnapshot.objects.create(
        edition=edition, number=1, made_at=now, entries=0, lines=1, top=[], undecided=0, sha256="0" * 64, bundle=file
    )
    dispute = Dispute.objects.create(line=line, words="少计了一次", by=person, asked_at=now)
    ladder = ladder_of(edition)
    arguments: dict[str, str | int] = {
        "record": record.pk, "photo": photo.pk, "line": line.pk, "snapshot": snapshot.pk, "dispute": dispute.pk,
        "ladder": ladder.pk,
    }  # fmt: skip
    objects: dict[str, Model] = {
        "seasons_servicerecord": record,
        "seasons_pointentry": line,
        "seasons_dispute": dispute,
        "seasons_ladder": ladder,
    }
    return arguments, objects
