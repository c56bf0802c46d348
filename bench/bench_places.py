"""Places under 64 hands: one that is left, and 200 units at once; what the database's guard costs (issues 1/8, 2/8)."""

import random
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pgtrigger
from django.db import IntegrityError, connection
from django.db.models import Count

from aisc_portal import demo_data
from bench._servers import as_owner
from core.accounts.models import User
from core.problems import Refused
from registrations.models import Recommendation, RecommendationRow, Unit, UnitQuota
from registrations.services import adoption, recommending
from tracks.models import Edition

HANDS, UNITS, ATTEMPTS, ROUNDS = 64, 200, 10_000, 3
EACH = ATTEMPTS // UNITS
ROWS = RecommendationRow._meta.db_table
# A copy of a row with another person, then submitted: what any way of submitting comes down to, in one round trip.
SUBMIT = f"""
    INSERT INTO {ROWS} SELECT fresh.* FROM {ROWS} AS known, jsonb_populate_record(known, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('{ROWS}', 'id')), 'recommendation_id', %s, 'name', %s)) AS fresh
    WHERE known.id = %s;
    UPDATE {ROWS} SET state = 'submitted', submitted_at = clock_timestamp()
    WHERE id = (SELECT currval(pg_get_serial_sequence('{ROWS}', 'id')))
"""


def run() -> list[dict[str, Any]]:
    """Rows: the last place; then the guarded path against the same writes without a check."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    return [*one_place_left(edition), *many_units(edition)]


def row(name: str, value: float, unit: str, target: str, ok: bool) -> dict[str, Any]:
    """One figure."""
    return {"name": name, "value": value, "unit": unit, "target": target, "ok": ok}


def all_at_once(hands: Sequence[Callable[[], Any]]) -> tuple[list[Any], float]:
    """Each on a connection of its own; what they returned, and the seconds for all."""
    start = threading.Barrier(len(hands) + 1)

    def begin(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(60)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(hands)) as pool:
        running = [pool.submit(begin, act) for act in hands]
        start.wait(60)
        began = time.perf_counter()
        found = [one.result() for one in running]
    return found, time.perf_counter() - began


# --- One place, by the service --------------------------------------------------------------------------


def one_place_left(edition: Edition) -> list[dict[str, Any]]:
    """Exactly one of 64 gets it, the others read why."""
    unit = Unit.objects.get(full_name="深圳市龙岗区科学技术协会")
    clerk = User.objects.get(offices__unit=unit)
    form = recommending.form_of(unit, edition, by=clerk)
    quota = UnitQuota.objects.get(unit=unit, edition=edition)
    organiser = User.objects.get(email=demo_data.ACCOUNTS[0].email)
    adoption.set_limit(quota, 1, reason="只留一个名额，看谁先到", by=organiser)

    def race(row: RecommendationRow) -> str:
        try:
            recommending.submit_rows(form, [row], by=clerk)
        except Refused as refused:
            return refused.codes[0]
        return "submitted"

    outcomes, seconds = all_at_once([partial(race, _draft(form, number, clerk)) for number in range(HANDS)])
    quota.refresh_from_db()
    won, told = outcomes.count("submitted"), outcomes.count("places.exceeded")
    return [
        row(f"{HANDS} racers, one place: winners", won, "rows", "=1", won == 1),
        row(f"{HANDS} racers, one place: told why", told, "racers", f"={HANDS - 1}", told == HANDS - 1),
        row("places taken afterwards", quota.taken, "places", "=1", quota.taken == 1),
        row("the race in all", round(seconds, 2), "s", "≤10", seconds <= 10),
    ]


def _draft(form: Recommendation, number: int, clerk: User) -> RecommendationRow:
    values = {
        "name": "演示人",
        "organisation": f"演示单位{number}",
        "phone": f"138001380{number:02d}",
        "categories": ["A"],
        "track": form.edition.tracks.all()[0],
    }
    return recommending.save_row(form, values, by=clerk)


# --- Many units, the guard against nothing ----------------------------------------------------------------


@dataclass
class Round:
    """10,000 attempts."""

    seconds: float
    waits: list[float]  # seconds of each attempt
    over: int  # rows beyond their unit's places
    under: int  # places left empty though somebody was refused

    @property
    def pace(self) -> float:
        """Attempts a second."""
        return ATTEMPTS / self.seconds

    @property
    def p99(self) -> float:
        """Milliseconds that the slowest hundredth took at least."""
        return sorted(self.waits)[len(self.waits) * 99 // 100] * 1000


def many_units(edition: Edition) -> list[dict[str, Any]]:
    """200 units, 50 attempts at each: places for all of them, then for half; the median of each kind's rounds."""
    forms = _forms(edition)
    known = RecommendationRow.objects.filter(state="draft").order_by("-pk").values_list("pk", flat=True)[0]
    shots = [(form, f"{form}-{number}", known) for form in forms for number in range(EACH)]
    random.Random(1).shuffle(shots)
    pace: dict[tuple[int, bool], list[Round]] = {}
    for _ in range(ROUNDS):
        for places in (EACH, EACH // 2):
            for guarded in (True, False):
                pace.setdefault((places, guarded), []).append(_round(forms, shots, places, guarded=guarded))
    all_fit, half_fit = (_ratio(pace[places, True], pace[places, False]) for places in (EACH, EACH // 2))
    held = pace[EACH, True] + pace[EACH // 2, True]
    over, under, p99 = sum(r.over for r in held), sum(r.under for r in held), statistics.median(r.p99 for r in held)
    bare = sum(r.over for r in pace[EACH // 2, False]) // ROUNDS
    speed = statistics.median(r.pace for r in pace[EACH, True])
    return [
        row(f"guarded to unguarded, {HANDS} hands, all fit", all_fit, "×", "≥0.6", all_fit >= 0.6),
        row(f"guarded to unguarded, {HANDS} hands, half fit", half_fit, "×", "≥0.6", half_fit >= 0.6),
        row("guarded submissions, all fit", round(speed), "a second", "≥500", speed >= 500),
        row("guarded submissions, p99", round(p99, 1), "ms", "≤250", p99 <= 250),
        row(f"oversold, {UNITS} units, {2 * ROUNDS} rounds", over, "places", "=0", over == 0),
        row(f"left empty, {UNITS} units, {2 * ROUNDS} rounds", under, "places", "=0", under == 0),
        row("oversold without the guard, half fit", bare, "places", ">0", bare > 0),
    ]


def _forms(edition: Edition) -> list[int]:
    """The forms of 200 units that have submitted nothing."""
    units = UnitQuota.objects.filter(edition=edition, taken=0).order_by("pk").values_list("unit", flat=True)
    made = [recommending.form_of(unit, edition) for unit in Unit.objects.filter(pk__in=list(units[:UNITS]))]
    if len(made) != UNITS:
        raise RuntimeError(f"only {len(made)} units are free")
    return [form.pk for form in made]


def _ratio(ours: list[Round], bare: list[Round]) -> float:
    return round(statistics.median(r.pace for r in ours) / statistics.median(r.pace for r in bare), 2)


def _round(forms: list[int], shots: list[tuple[int, str, int]], places: int, *, guarded: bool) -> Round:
    """All attempts at once; afterwards everything is as before."""
    quotas = UnitQuota.objects.filter(unit__recommendations__in=forms)
    quotas.update(limit=places)
    _guard(on=guarded)
    try:
        found, seconds = all_at_once([partial(_fire, shots[hand::HANDS]) for hand in range(HANDS)])
        fresh = RecommendationRow.objects.filter(recommendation__in=forms)
        counts = list(fresh.holding().values_list("recommendation").annotate(n=Count("pk")).values_list("n", flat=True))
        over = sum(max(count - places, 0) for count in counts)
        under = UNITS * places - sum(min(count, places) for count in counts)
        fresh._raw_delete(fresh.db)  # no cascade to look for among 10,000
    finally:
        _guard(on=True)
    return Round(seconds, [wait for waits in found for wait in waits], over, under)


def _fire(shots: list[tuple[int, str, int]]) -> list[float]:
    """One hand's attempts, one after another: the seconds of each."""
    waits = []
    with connection.cursor() as cursor:
        for shot in shots:
            began = time.perf_counter()
            with suppress(IntegrityError):  # no place left
                cursor.execute(SUBMIT, shot)
            waits.append(time.perf_counter() - began)
    return waits


def _guard(*, on: bool) -> None:
    """Switch the trigger that counts places, as the tables' owner."""
    name = pgtrigger.registered(f"{RecommendationRow._meta.label}:count_places")[0][1].get_pgid(RecommendationRow)  # type: ignore[arg-type]
    as_owner(f"ALTER TABLE {ROWS} {'ENABLE' if on else 'DISABLE'} TRIGGER {name}")
