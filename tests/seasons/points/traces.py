"""What the services of the points season leave behind; cases of `tests/test_traces.py`."""

import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from core import clock
from registrations.entry_models import Entry
from seasons.models import PointEntry, ServicePhoto, ServiceRecord
from seasons.services import disputing, freezing, granting, hours_export, posting, recording, reviewing
from seasons.services.ladder import ladder_of
from tests.core import good_files
from tests.registrations.works import build as works
from tests.seasons.points import build
from tests.seasons.points.build import MARCH, SERVICE
from tracks.models import Edition

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def entry(stage: Any) -> Entry:
    """The stage's person's, in an edition with published rules."""
    stage.edition = build.edition()
    return works.accepted(stage.edition, stage.person)


def draft(stage: Any) -> ServiceRecord:
    """A record that lacks nothing."""
    found = entry(stage)
    clock.set_now(MARCH + timedelta(days=9))
    made = recording.begin(found, by=stage.person)
    values = SERVICE | {"starts_at": MARCH, "ends_at": MARCH + timedelta(hours=2)}
    return recording.save(made, values, by=stage.person)


def handed_in(stage: Any) -> ServiceRecord:
    """A record before the contact."""
    return recording.submit(draft(stage), by=stage.person)


def passed(stage: Any) -> ServiceRecord:
    """One that has passed."""
    made = handed_in(stage)
    return reviewing.pass_record(made, seen=reviewing.mark(made), by=stage.person)


def line(stage: Any) -> PointEntry:
    """A line in the passbook."""
    made = passed(stage)
    posting.post(made.edition)
    return PointEntry.objects.select_related("entry__edition", "fact__record").get(rule="hour")


def photographed(stage: Any) -> ServicePhoto:
    """A photo of a draft."""
    return recording.add_photo(draft(stage), io.BytesIO(good_files.png()), name="现场.png", by=stage.person)


def taken_back(stage: Any) -> ServiceRecord:
    """A record that its people withdrew."""
    made = draft(stage)
    recording.withdraw(made, by=stage.person)
    return made


def deciding(service: Any, **more: Any) -> Callable[[Any], Callable[..., Any]]:
    """A verdict upon a record as it was seen."""

    def prepare(stage: Any) -> Callable[..., Any]:
        made = handed_in(stage)
        return partial(service, made, seen=reviewing.mark(made), **more)

    return prepare


def passing(stage: Any) -> Callable[..., Any]:
    """Several at once."""
    made = handed_in(stage)
    return partial(reviewing.pass_records, {made: reviewing.mark(made)})


def answering(stage: Any) -> Callable[..., Any]:
    """A dispute that holds."""
    asked = disputing.ask(line(stage), "少计了", by=stage.person)
    return partial(disputing.answer, asked, "已更正", correct=True)


def revoking(stage: Any) -> Callable[..., Any]:
    """A bonus that was a mistake."""
    fact = granting.award_bonus(entry(stage), "press", reason="报道", by=stage.person)
    return partial(granting.revoke, fact, reason="登记错了")


def prize(stage: Any) -> Callable[..., Any]:
    """A theme's first prize."""
    found = entry(stage)
    theme = found.edition.seasons.create(code="mar", name="三月主题", kind="points", industry="医疗健康")
    return partial(granting.award_prize, found, theme, "first", reason="月赛一等")


def reposting(stage: Any) -> Callable[..., Any]:
    """After the rules changed."""
    line(stage)
    changed: Edition = build.amended(build.DEARER)
    return partial(posting.repost, changed, sha256=changed.sha256, reason="规则改定")


def thawing(stage: Any) -> Callable[..., Any]:
    """What was frozen."""
    edition = line(stage).entry.edition
    freezing.freeze(edition, reason="演练", by=stage.person)
    return partial(freezing.thaw, edition, reason="漏审")


def exporting(stage: Any) -> Callable[..., Any]:
    """One month has hours."""
    edition = line(stage).entry.edition
    return partial(hours_export.export_hours, edition, "2025-03", reason="补录")


def posting_all(stage: Any) -> Callable[..., Any]:
    """One fact waits."""
    made = passed(stage)
    ladder_of(made.edition)
    return partial(posting.post, made.edition)


CASES: dict[Callable[..., Any], Case] = {
    recording.begin: ("record.begun", lambda s: partial(recording.begin, entry(s))),
    recording.save: ("record.saved", lambda s: partial(recording.save, draft(s), {"title": "改了名"})),
    recording.add_photo: (
        "record.photo_added",
        lambda s: partial(recording.add_photo, draft(s), io.BytesIO(good_files.png()), name="现场.png"),
    ),
    recording.remove_photo: ("record.photo_removed", lambda s: partial(recording.remove_photo, photographed(s))),
    recording.submit: ("record.submitted", lambda s: partial(recording.submit, draft(s))),
    recording.withdraw: ("record.withdrawn", lambda s: partial(recording.withdraw, draft(s))),
    recording.restore: ("record.restored", lambda s: partial(recording.restore, taken_back(s))),
    reviewing.pass_record: ("record.passed", deciding(reviewing.pass_record)),
    reviewing.pass_records: ("record.passed", passing),
    reviewing.return_record: ("record.returned", deciding(reviewing.return_record, reason="请补签到表")),
    reviewing.reject_record: ("record.rejected", deciding(reviewing.reject_record, reason="不属实")),
    reviewing.reconsider: ("record.reconsidered", lambda s: partial(reviewing.reconsider, passed(s), reason="看错了")),
    posting.post: ("points.posted", posting_all),
    posting.repost: ("points.changed_rules", reposting),
    granting.award_prize: ("points.awarded", prize),
    granting.award_bonus: (
        "points.awarded",
        lambda s: partial(granting.award_bonus, entry(s), "press", reason="报道"),
    ),
    granting.revoke: ("points.revoked", revoking),
    disputing.ask: ("points.disputed", lambda s: partial(disputing.ask, line(s), "少计了")),
    disputing.answer: ("points.answered", answering),
    freezing.freeze: ("points.frozen", lambda s: partial(freezing.freeze, line(s).entry.edition, reason="演练")),
    freezing.thaw: ("points.thawed", thawing),
    hours_export.export_hours: ("summary.exported", exporting),
}
