"""Builders for the tests of the points season: an edition with published rules, records, approved facts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aisc_portal import editions
from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from core.jobs.services import drain_all
from core.states import move
from registrations.entry_models import Entry
from seasons.models import PointFact, ServiceHours, ServiceRecord
from seasons.services import posting, recording, reviewing
from tests.contest import GUANGDONG
from tests.judging import build as judging_build
from tests.registrations.entries import build as entries
from tracks.models import Edition

MARCH = datetime(2025, 3, 8, 9, tzinfo=BEIJING)
LATER = datetime(2025, 3, 20, 9, tzinfo=BEIJING)
SERVICE = {
    "title": "社区科普课：看懂人工智能",
    "activity": "two_centres",
    "place": "龙岗区党群服务中心",
    "audience": 60,
    "basis": "签到表",
    "links": ["https://example.test/report"],
    "hashtags": ["#AI科普大赛#"],
}
contact, organiser = judging_build.contact, judging_build.organiser
ADOPTED = 'adopted = ["Q14"]'
DEARER = ('per = "activity", points = 10', 'per = "activity", points = 12')  # a change of the rules


def text(*changes: tuple[str, str]) -> str:
    """The Guangdong edition's file with the example rules adopted, and other changes."""
    found = GUANGDONG.read_text(encoding="utf-8").replace("adopted = []", ADOPTED)
    for old, new in changes:
        assert old in found
        found = found.replace(old, new)
    return found


def edition(*changes: tuple[str, str]) -> Edition:
    """The edition with published point rules (Q14)."""
    editions.load(text(*changes), reason="组委会公布积分规则")
    return Edition.objects.get(is_current=True)


def amended(*changes: tuple[str, str]) -> Edition:
    """The same edition after the organiser changed its text."""
    editions.load(text(*changes), reason="组委会改定", by=organiser())
    return Edition.objects.get(is_current=True)


def entry(edition: Edition, number: int = 1, **values: object) -> Entry:
    """An individual's entry that was handed in; its representative is `lead(entry)`."""
    by = entries.person(f"王{chr(0x5000 + number)}", f"1380013{8000 + number}")
    return entries.entered(edition, by, organisation=f"第 {number} 中学", **values)


def lead(entry: Entry) -> User:
    """Who acts for it."""
    return entry.people.get(role="representative").user


def record(entry: Entry, begins: datetime = MARCH, hours: float = 2, **values: Any) -> ServiceRecord:
    """A filled draft: the representative served throughout."""
    clock.set_now(max(LATER, begins + timedelta(days=1)))
    by = lead(entry)
    made = recording.begin(entry, by=by)
    typed: Mapping[str, Any] = SERVICE | {"starts_at": begins, "ends_at": begins + timedelta(hours=hours)} | values
    return recording.save(made, typed, by=by)


def submitted(entry: Entry, begins: datetime = MARCH, hours: float = 2, **values: Any) -> ServiceRecord:
    """A record before the contact."""
    return recording.submit(record(entry, begins, hours, **values), by=lead(entry))


def passed(entry: Entry, begins: datetime = MARCH, hours: float = 2, *, by: User, **values: Any) -> ServiceRecord:
    """A record that holds; its fact waits to be posted."""
    made = submitted(entry, begins, hours, **values)
    return reviewing.pass_record(made, seen=reviewing.mark(made), by=by)


def fact(entry: Entry, begins: datetime = MARCH, *, by: User, minutes: int = 120, audience: int = 60) -> PointFact:
    """An approved fact without the way to it, where only its posting is looked at."""
    made = ServiceRecord.objects.create(
        entry=entry, edition=entry.edition, created_at=begins, changed_at=begins, starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes), audience=audience,
    )  # fmt: skip
    move(made, "submit")
    move(made, "pass")
    return PointFact.objects.create(
        entry=entry, kind="service", record=made, month=made.month, earned_at=made.ends_at, minutes=minutes,
        audience=audience, by=by, at=begins,
    )  # fmt: skip


def post(edition: Edition) -> int:
    """Bring what waits into the ledger."""
    return posting.post(edition)


def work() -> None:
    """What the workers have to do."""
    drain_all()


def submitted_later(entry: Entry, begins: datetime) -> ServiceHours:
    """The hours of a record as they stand the moment before they count."""
    made = record(entry, begins)
    hours = made.hours.get()
    hours.starts_at, hours.ends_at = made.starts_at, made.ends_at
    hours.save()
    return hours
