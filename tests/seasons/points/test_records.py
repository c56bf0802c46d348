"""What a service record must say, who may see and decide it, and that nobody serves at two places at once (G31)."""

import io
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from core.states import StaleState
from registrations.services import arrivals, claiming, entering
from seasons.models import PointFact, ServiceHours, ServiceRecord
from seasons.services import recording, reviewing
from seasons.services.record_facts import RecordFacts
from tests.registrations.works import build as works
from tests.seasons.points import build
from tests.seasons.points.build import LATER, MARCH
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The edition with its example rules adopted."""
    return build.edition()


def refused(entry: Any, **values: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        build.submitted(entry, **values)
    return refusal.value.codes


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"hours": 25}, "record.over_a_day"),
        ({"hours": -1}, "record.reversed"),
        ({"begins": MARCH.replace(hour=20), "hours": 5}, "record.over_a_day"),
        ({"begins": MARCH.replace(year=2024, month=12)}, "record.before_entry"),
        ({"begins": MARCH.replace(month=1)}, "record.before_season"),
        ({"links": ["javascript:alert(1)"]}, "record.link"),
        ({"links": ["ftp://example.test/x"]}, "record.link"),
        ({"links": ["https://someone@example.test/"]}, "record.link"),
        ({"links": ["https://"]}, "record.link"),
        ({"audience": None}, "record.audience"),
        ({"basis": ""}, "record.basis"),
        ({"activity": "parade"}, "record.activity"),
        ({"links": []}, "record.evidence"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(edition: Edition, values: dict[str, Any], code: str) -> None:
    assert code in refused(build.entry(edition), **values)


def test_a_record_of_an_activity_that_is_not_over_waits(edition: Edition) -> None:
    made = build.record(build.entry(edition))
    clock.set_now(MARCH + timedelta(minutes=30))
    with pytest.raises(Refused, match="还没有结束"):
        recording.submit(made, by=build.lead(made.entry))


@pytest.mark.parametrize(("audience", "flagged"), [(60, False), (501, True), (5000, True)])
def test_an_absurd_audience_is_flagged_not_refused(edition: Edition, audience: int, flagged: bool) -> None:
    made = build.submitted(build.entry(edition), audience=audience)
    assert ("record.audience_absurd" in [flag.code for flag in RecordFacts(made).flags()]) is flagged


@pytest.mark.parametrize("tag", ["#ai科普大赛", "＃AI科普大赛＃", "# A I 科普大赛 #"])
def test_hashtags_are_the_same_after_folding(edition: Edition, tag: str) -> None:
    made = build.record(build.entry(edition), hashtags=[tag])
    assert RecordFacts(made).flags() == []


def test_nobody_is_at_two_places_at_once(edition: Edition) -> None:
    entry = build.entry(edition)
    build.submitted(entry)
    assert refused(entry, begins=MARCH + timedelta(hours=1)) == ["record.overlap"]
    assert build.submitted(entry, MARCH + timedelta(hours=2)).state == "submitted"


def test_a_record_that_was_refused_frees_the_time(edition: Edition) -> None:
    entry, by = build.entry(edition), build.contact(edition)
    made = build.submitted(entry)
    reviewing.reject_record(made, reason="与主办方核对不符", seen=reviewing.mark(made), by=by)
    assert build.submitted(entry).state == "submitted"
    with pytest.raises(Refused):  # the first would be at the same time again
        reviewing.reconsider(made, reason="看错了", by=by)


def test_a_day_has_its_limit(db: None) -> None:
    limit = "hours_per_day_max = {{ undecided = true, default = {}"
    edition = build.edition((limit.format(24), limit.format(8)))
    entry = build.entry(edition)
    build.submitted(entry, MARCH, 5)
    assert refused(entry, begins=MARCH + timedelta(hours=6), hours=4) == ["record.over_the_day"]


def test_a_draft_keeps_whatever_was_typed(edition: Edition) -> None:
    entry = build.entry(edition)
    made = recording.begin(entry, by=build.lead(entry))
    saved = recording.save(made, {"title": "只写了名字", "links": ["不是网址"]}, by=build.lead(entry))
    assert (saved.title, saved.links, saved.state) == ("只写了名字", ["不是网址"], "draft")


def test_only_people_of_the_entry_serve(edition: Edition) -> None:
    entry, other = build.entry(edition), build.entry(edition, 2)
    made = build.record(entry)
    with pytest.raises(Refused) as refusal:
        recording.save(made, {"served": {other.people.get().pk: None}}, by=build.lead(entry))
    assert refusal.value.codes == ["record.stranger"]


def test_a_photo_that_is_none_is_not_taken(edition: Edition) -> None:
    made = build.record(build.entry(edition))
    with pytest.raises(Refused) as refusal:
        recording.add_photo(made, io.BytesIO(b"%PDF-1.4 not a photo"), name="x.jpg", by=build.lead(made.entry))
    assert refusal.value.codes == ["file.kind"]


# --- Deciding ---------------------------------------------------------------------------------------------


def test_what_changed_since_it_was_looked_at_is_not_decided(edition: Edition) -> None:
    by, made = build.contact(edition), build.submitted(build.entry(edition))
    seen = reviewing.mark(made)
    reviewing.return_record(made, reason="请补签到表", seen=seen, by=by)
    with pytest.raises(StaleState):
        reviewing.pass_record(made, seen=seen, by=by)
    again = recording.submit(ServiceRecord.objects.get(pk=made.pk), by=build.lead(made.entry))
    with pytest.raises(Refused) as refusal:
        reviewing.pass_record(again, seen=seen, by=by)
    assert refusal.value.codes == ["record.changed_since"]


def test_a_return_and_a_refusal_need_a_reason(edition: Edition) -> None:
    by, made = build.contact(edition), build.submitted(build.entry(edition))
    for decide in (reviewing.return_record, reviewing.reject_record):
        with pytest.raises(Refused):
            decide(made, reason=" ", seen=reviewing.mark(made), by=by)


def test_several_pass_all_or_none(edition: Edition) -> None:
    by, entry = build.contact(edition), build.entry(edition)
    made = [build.submitted(entry, MARCH + timedelta(days=day)) for day in range(2)]
    with pytest.raises(Refused):
        reviewing.pass_records({made[0]: reviewing.mark(made[0]), made[1]: "old"}, by=by)
    assert not PointFact.objects.exists()
    reviewing.pass_records({one: reviewing.mark(one) for one in made}, by=by)
    assert PointFact.objects.count() == 2


def test_a_record_of_an_entry_that_left_does_not_pass(edition: Edition) -> None:
    by, made = build.contact(edition), build.submitted(build.entry(edition))
    entering.withdraw_entry(made.entry, by=build.lead(made.entry))
    with pytest.raises(Refused) as refusal:
        reviewing.pass_record(made, seen=reviewing.mark(made), by=by)
    assert refusal.value.codes == ["record.entry_out"]


def test_contacts_see_the_records_of_their_tracks_once_handed_in(edition: Edition) -> None:
    mine, other = build.contact(edition), build.contact(edition, "youth")
    made = build.record(build.entry(edition))
    assert not ServiceRecord.objects.visible_to(mine).exists()
    recording.submit(made, by=build.lead(made.entry))
    seen = [ServiceRecord.objects.visible_to(user).count() for user in (build.lead(made.entry), mine, other)]
    assert seen == [1, 1, 0]


def test_contacts_hear_in_the_morning_of_the_records_that_came(edition: Edition) -> None:
    build.contact(edition)
    entry = works.accepted(edition)
    build.submitted(entry)
    recording.withdraw(build.submitted(entry, MARCH.replace(hour=14)), by=build.lead(entry))
    morning = LATER.replace(hour=8) + timedelta(days=1)
    clock.set_now(morning)
    works.submitted(entry)
    days = [morning, morning, morning + timedelta(days=1)]
    build.submitted(entry, LATER.replace(hour=8))  # on the second day
    assert [arrivals.remind(day) for day in days] == [1, 0, 1]
    records, both = Notice.objects.filter(template=arrivals.DAILY).order_by("pk")
    assert records.subject == "科普工作者赛道：昨天新到 1 条服务记录，共有 3 项待审"
    assert both.subject == "科普工作者赛道：昨天新到 1 件作品、1 条服务记录，共有 3 项待审"
    queue = f"/admin/seasons/servicerecord/?track={edition.tracks.get(code='worker').pk}\n"
    assert [queue in one.text for one in (records, both)] == [True, True]


def test_after_the_last_day_nothing_is_handed_in(edition: Edition) -> None:
    made = build.record(build.entry(edition))
    clock.set_now(LATER.replace(month=9, day=10))
    with pytest.raises(Refused) as refusal:
        recording.submit(made, by=build.lead(made.entry))
    assert refusal.value.codes == ["record.season_over"]
    assert "9 月 6 日（周六）24:00 以后不再受理" in str(refusal.value)


def test_hours_count_while_the_record_stands(edition: Edition) -> None:
    made = build.submitted(build.entry(edition))
    recording.withdraw(made, by=build.lead(made.entry))
    assert list(ServiceHours.objects.values_list("counts", flat=True)) == [False]


def test_an_entry_with_records_is_not_merged_away(edition: Edition) -> None:
    keep, drop = build.entry(edition, 1), build.entry(edition, 2)
    build.record(drop)
    with pytest.raises(Refused) as refusal:
        claiming.merge(keep, drop, by=build.organiser(), reason="同一人")
    assert "服务记录" in refusal.value.problems[0].message
    claiming.merge(drop, keep, by=build.organiser(), reason="同一人")
