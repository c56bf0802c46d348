"""64 connections submit into one unit with one place left: exactly one succeeds, the others read why (issue 1/8)."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from aisc_portal import demo_data
from core.accounts.models import User
from core.problems import Refused
from registrations.models import RecommendationRow, Unit, UnitQuota
from registrations.services import adoption, recommending
from tracks.models import Edition

RACERS = 64


def run() -> list[dict[str, Any]]:
    """Rows: how many succeeded, how many were refused in words, seconds for all, places taken in the end."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    unit = Unit.objects.get(full_name="深圳市龙岗区科学技术协会")
    clerk = User.objects.get(offices__unit=unit)
    form = recommending.form_of(unit, edition, by=clerk)
    quota = UnitQuota.objects.get(unit=unit, edition=edition)
    adoption.set_limit(quota, 1, reason="只留一个名额，看谁先到", by=User.objects.get(is_superuser=True))
    rows = [_row(form, number, clerk) for number in range(RACERS)]
    start = threading.Barrier(RACERS)

    def race(row: RecommendationRow) -> str:
        try:
            connection.ensure_connection()
            start.wait(30)
            recommending.submit_rows(form, [row], by=clerk)
        except Refused as refused:
            return refused.codes[0]
        finally:
            connection.close()
        return "submitted"

    began = time.perf_counter()
    with ThreadPoolExecutor(RACERS) as pool:
        outcomes = list(pool.map(race, rows))
    seconds = time.perf_counter() - began
    quota.refresh_from_db()
    won, told = outcomes.count("submitted"), outcomes.count("places.exceeded")
    return [
        {"name": f"{RACERS} racers, one place: winners", "value": won, "unit": "rows", "target": "=1", "ok": won == 1},
        {
            "name": f"{RACERS} racers, one place: told why",
            "value": told,
            "unit": "racers",
            "target": f"={RACERS - 1}",
            "ok": told == RACERS - 1,
        },
        {
            "name": "places taken afterwards",
            "value": quota.taken,
            "unit": "places",
            "target": "=1",
            "ok": quota.taken == 1,
        },
        {"name": "the race in all", "value": round(seconds, 2), "unit": "s", "target": "≤10", "ok": seconds <= 10},
    ]


def _row(form: Any, number: int, clerk: User) -> RecommendationRow:
    track = form.edition.tracks.all()[0]
    values = {
        "name": "演示人",
        "organisation": f"演示单位{number}",
        "phone": f"138001380{number:02d}",
        "categories": ["A"],
        "track": track,
    }
    return recommending.save_row(form, values, by=clerk)
