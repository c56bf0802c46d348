"""The deadline to the microsecond, with many hands across it (R4): accepted exactly when asked before the bound."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from core import clock
from core.models import ClockOffset
from core.problems import refuse_if
from core.states import move
from registrations.models import RecommendationRow, UnitQuota
from registrations.rules import check_window
from registrations.services import extending, recommending, reviewing
from registrations.services.adoption import set_limit
from tests.contest import load_guangdong
from tests.registrations import build
from tests.registrations.owner import as_owner
from tests.registrations.racing import crowd, race, told, wait_for_waiting

BOUND = datetime(2024, 12, 15, 17, 0, 1, tzinfo=clock.BEIJING)  # 17:00 sharp is in time (G30)
STEP = timedelta(microseconds=1)
# A clock of each connection's own, found before the database's because its schema is named first.
OWN_CLOCKS = (
    "CREATE SCHEMA skewed",
    "GRANT USAGE ON SCHEMA skewed TO PUBLIC",
    "CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql"
    " AS $$ SELECT current_setting('skewed.now')::timestamptz $$",
)
LOOK_THERE = (
    "SELECT set_config('search_path', 'skewed, pg_catalog, public', false), set_config('skewed.now', %s, false)"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> build.Desk:
    """龙岗区科协 with room for a crowd."""
    desk = build.desk(load_guangdong(), "pilot")
    set_limit(desk.quota, 200, reason="试", by=desk.officer)
    return desk


# --- To the microsecond -------------------------------------------------------------------------------


def common(desk: build.Desk, rows: list[RecommendationRow]) -> datetime:
    """The deadline of all units."""
    return BOUND


def own(desk: build.Desk, rows: list[RecommendationRow]) -> datetime:
    """A unit's own, two days later."""
    extending.extend(desk.quota, BOUND + timedelta(days=2), reason="停电", by=desk.officer)
    return BOUND + timedelta(days=2)


def correction(desk: build.Desk, rows: list[RecommendationRow]) -> datetime:
    """The end of 补正 of rows that were returned on the last afternoon."""
    clock.set_now(BOUND - timedelta(hours=1))
    for row in desk.submit(*rows):
        reviewing.return_row(row, reason="校名不全", by=desk.officer)
        recommending.save_row(desk.form, {"reply": "已改"}, by=desk.officer, row=row)
    return RecommendationRow.objects.filter(pk=row.pk).values_list("correct_until", flat=True)[0]


def at(moment: datetime, desk: build.Desk, row: RecommendationRow) -> None:
    """Submit at an instant of one's own."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK_THERE, [moment.isoformat()])
    desk.submit(row)


@pytest.mark.soak
@pytest.mark.parametrize(("bound_of", "refusal"), [
    (common, "window.late"), (own, "window.late"), (correction, "row.correction_late"),
])  # fmt: skip
def test_in_time_is_before_the_bound_and_nothing_else(desk, soak, bound_of, refusal):
    as_owner(*OWN_CLOCKS)
    for step in (1, 31, 1000) * 7 if soak else (31,):  # ±32 µs, ±1 ms, ±32 ms
        offsets = [n * step * STEP for n in range(-32, 32)]
        rows = desk.rows(64)
        bound = bound_of(desk, rows)
        ClockOffset.objects.all().delete()
        outcomes = race(*[partial(at, bound + by, desk, row) for by, row in zip(offsets, rows, strict=True)])
        assert [list(told([one])) for one in outcomes] == [["ok"]] * 32 + [[refusal]] * 32
        stamps = (
            desk.form.rows.filter(state="submitted").order_by("submitted_at").values_list("submitted_at", flat=True)
        )
        assert list(stamps) == [bound + by for by in offsets if by < timedelta()]
        assert desk.quota.taken == desk.form.rows.holding().count()
        desk.form.rows.all().delete()
        clock.set_now(BOUND - timedelta(days=5))


# --- While the clock runs -----------------------------------------------------------------------------


@pytest.mark.soak
def test_the_clock_runs_over_the_bound(desk, soak):
    """Between what a clerk's watch said before and after the click; who asked in time is stamped in time."""
    rows = desk.rows(192 if soak else 64)
    for _ in range(20 if soak else 1):
        watched: dict[int, tuple[datetime, datetime]] = {}

        def click(row: RecommendationRow, watched=watched) -> None:
            before = clock.now()
            try:
                desk.submit(row)
            finally:
                watched[row.pk] = before, clock.now()

        clock.set_now(BOUND - timedelta(seconds=1 if soak else 0.5))
        seen = crowd([partial(click, row) for row in rows])
        stamps = dict(RecommendationRow.objects.values_list("pk", "submitted_at"))
        wrong = [
            (row.pk, one, watched[row.pk])
            for row, one in zip(rows, seen, strict=True)
            if not holds(one.told, *watched[row.pk], stamps[row.pk])
        ]
        assert wrong == []
        again(desk)


def holds(told: str, before: datetime, after: datetime, stamp: datetime | None) -> bool:
    """Whether the rule was kept, as far as a watch can tell."""
    if told == "ok":
        return before <= stamp <= after and stamp < BOUND
    return (told, stamp) == ("window.late", None) and after >= BOUND


def again(desk: build.Desk) -> None:
    """Everything a draft as before."""
    for state in ("withdrawn", "draft"):
        desk.form.rows.exclude(state="draft").update(state=state)
    desk.form.rows.update(submitted_at=None)


# --- A colleague is slow, and the bound passes meanwhile ------------------------------------------------


def service(desk: build.Desk, row: RecommendationRow) -> None:
    """Takes the time once, when it is asked."""
    desk.submit(row)


def looks_late(desk: build.Desk, row: RecommendationRow) -> None:
    """What a hasty programmer writes: the time is taken when it is one's turn."""
    with transaction.atomic():
        UnitQuota.objects.select_for_update(no_key=True).get(pk=desk.quota.pk)
        now = clock.now()
        refuse_if(check_window(desk.edition.window("recommend"), now))
        move(row, "submit", submitted_at=now)


def looks_twice(desk: build.Desk, row: RecommendationRow) -> None:
    """Another haste: asked first, stamped when written."""
    refuse_if(check_window(desk.edition.window("recommend"), clock.now()))
    with transaction.atomic():
        UnitQuota.objects.select_for_update(no_key=True).get(pk=desk.quota.pk)
        move(row, "submit", submitted_at=clock.now())


@pytest.mark.parametrize(("way", "outcome", "late"), [
    (service, {"ok": 64}, 0), (looks_late, {"window.late": 64}, 0), (looks_twice, {"ok": 64}, 64),
])  # fmt: skip
def test_who_came_in_time_is_in_time_though_the_bound_passes_in_the_queue(desk, way, outcome, late):
    rows = desk.rows(64)
    clock.set_now(BOUND - timedelta(hours=1))
    with ThreadPoolExecutor(1) as aside:
        with transaction.atomic():  # the slow colleague
            UnitQuota.objects.select_for_update(no_key=True).get(pk=desk.quota.pk)
            clerks = aside.submit(race, *[partial(way, desk, row) for row in rows])
            wait_for_waiting(64)
            clock.set_now(BOUND)
        assert told(clerks.result(timeout=60)) == outcome
    assert desk.form.rows.filter(submitted_at__gte=BOUND).count() == late
